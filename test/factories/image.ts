import { createHash } from 'node:crypto';

/** Bytes with their identity. */
export interface BuiltContent {
  digest: string;
  mediaType: string;
  body: Buffer;
}

export interface BuiltImage {
  manifest: BuiltContent;
  config: BuiltContent;
  layers: BuiltContent[];
  platform: { os: string; architecture: string; variant?: string };
}

export interface ImageOptions {
  /** Media types of OCI (default) or of Docker's schema 2. */
  kind?: 'oci' | 'docker';
  /** Images of different seeds have different configurations and layers, and so different digests. */
  seed?: string;
  os?: string;
  architecture?: string;
  variant?: string;
  /** RFC 3339; null leaves it out, as reproducible builds may. */
  created?: string | null;
  labels?: Record<string, string>;
  /** Contents of the layers; not real archives, which no registry looks at. */
  layers?: (string | Buffer)[];
  annotations?: Record<string, string>;
}

const TYPES = {
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const;

/** `sha256:<hex>`; written apart from the code under test on purpose. */
export function digestOf(body: Buffer | string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

export function buildContent(mediaType: string, value: unknown): BuiltContent {
  const body = Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return { digest: digestOf(body), mediaType, body };
}

/** An image: configuration, layers and manifest. */
export function buildImage(options: ImageOptions = {}): BuiltImage {
  const types = TYPES[options.kind ?? 'oci'];
  const seed = options.seed ?? '1';
  const { os = 'linux', architecture = 'amd64', variant } = options;
  const platform = { os, architecture, ...(variant ? { variant } : {}) };
  const layers = (options.layers ?? [`layer ${seed}`]).map((layer) => buildContent(types.layer, layer));
  const created = options.created === undefined ? '2026-01-02T03:04:05.678901234Z' : options.created;
  const config = buildContent(types.config, {
    ...(created === null ? {} : { created }),
    ...platform,
    config: { Labels: { seed, ...options.labels } },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
    history: layers.map((_, i) => ({ created_by: `step ${i}` })),
  });
  const manifest = buildContent(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptor(config),
    layers: layers.map(descriptor),
    ...(options.annotations ? { annotations: options.annotations } : {}),
  });
  return { manifest, config, layers, platform };
}

/** An index (OCI) or manifest list (Docker) of images that must be pushed before it. */
export function buildIndex(children: BuiltImage[], options: { kind?: 'oci' | 'docker' } = {}): BuiltContent {
  const mediaType = TYPES[options.kind ?? 'oci'].index;
  const manifests = children.map((child) => ({ ...descriptor(child.manifest), platform: child.platform }));
  return buildContent(mediaType, { schemaVersion: 2, mediaType, manifests });
}

/** An artifact that is no image: empty configuration, a type of its own, perhaps a subject. */
export function buildArtifact(options: { artifactType: string; content: string; subject?: BuiltContent }): BuiltImage {
  const config = buildContent('application/vnd.oci.empty.v1+json', '{}');
  const layer = buildContent('application/octet-stream', options.content);
  const manifest = buildContent(TYPES.oci.manifest, {
    schemaVersion: 2,
    mediaType: TYPES.oci.manifest,
    artifactType: options.artifactType,
    config: descriptor(config),
    layers: [descriptor(layer)],
    ...(options.subject ? { subject: descriptor(options.subject) } : {}),
  });
  return { manifest, config, layers: [layer], platform: { os: 'unknown', architecture: 'unknown' } };
}

/** `mediaType`, `digest` and `size` of something stored. */
export function descriptor(content: BuiltContent): { mediaType: string; digest: string; size: number } {
  return { mediaType: content.mediaType, digest: content.digest, size: content.body.length };
}
