export interface Platform {
  os: string | null;
  architecture: string | null;
  variant: string | null;
}

/** An entry of an index. `size` is the child's own (config and layers), null while it is not known. */
export interface ChildFacts extends Platform {
  digest: string;
  mediaType: string;
  size: number | null;
  annotations: Record<string, string>;
}

/** What an image's configuration tells; a manifest does not. */
export interface ConfigFacts extends Platform {
  builtAt: Date | null;
  labels: Record<string, string>;
}

/** What is kept of one manifest. Sizes are bytes. */
export interface ManifestFacts {
  digest: string;
  mediaType: string;
  artifactType: string | null;
  configMediaType: string | null;
  configDigest: string | null;
  /** Config and layers; of an index, the sum of its children that are known. */
  size: number;
  manifestSize: number;
  annotations: Record<string, string>;
  subjectDigest: string | null;
  children: ChildFacts[];
}
