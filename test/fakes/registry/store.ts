import { digestOf } from '../../factories/image.js';

/** Which registry is imitated; where 3.x versions differ, 3.1. */
export type Flavour = '2.8' | '3';

export interface StoredManifest {
  digest: string;
  mediaType: string;
  body: Buffer;
}

interface StoredRepository {
  manifests: Map<string, StoredManifest>;
  tags: Map<string, string>;
  blobs: Set<string>;
  /** Directories outlive what was in them, and the listings look at directories. */
  hadTag: boolean;
  hadManifest: boolean;
  hadBlob: boolean;
}

/** What a registry keeps on disk, and the listings that it derives from it. Knows no HTTP and no events. */
export class RegistryStore {
  private readonly repositories = new Map<string, StoredRepository>();
  private readonly blobBodies = new Map<string, Buffer>();

  constructor(readonly flavour: Flavour) {}

  putBlob(repository: string, body: Buffer): string {
    const digest = digestOf(body);
    this.blobBodies.set(digest, body);
    const stored = this.at(repository);
    stored.blobs.add(digest);
    stored.hadBlob = true;
    return digest;
  }

  blob(repository: string, digest: string): Buffer | null {
    if (!this.repositories.get(repository)?.blobs.has(digest)) return null;
    return this.blobBodies.get(digest) ?? null;
  }

  deleteBlob(repository: string, digest: string): boolean {
    return this.repositories.get(repository)?.blobs.delete(digest) ?? false;
  }

  /** Stores a manifest, and points a tag to it unless `tag` is null. */
  putManifest(repository: string, tag: string | null, mediaType: string, body: Buffer): StoredManifest {
    const stored = this.at(repository);
    const manifest = { digest: digestOf(body), mediaType, body };
    stored.manifests.set(manifest.digest, manifest);
    stored.hadManifest = true;
    if (tag !== null) {
      stored.tags.set(tag, manifest.digest);
      stored.hadTag = true;
    }
    return manifest;
  }

  /** By tag or by digest. */
  manifest(repository: string, reference: string): StoredManifest | null {
    const stored = this.repositories.get(repository);
    return stored?.manifests.get(stored.tags.get(reference) ?? reference) ?? null;
  }

  /** Deletes a manifest with its tags; returns the tags, or null when there was no such manifest. */
  deleteManifest(repository: string, digest: string): string[] | null {
    const stored = this.repositories.get(repository);
    if (!stored?.manifests.delete(digest)) return null;
    const tags = [...stored.tags].filter(([, target]) => target === digest).map(([tag]) => tag);
    for (const tag of tags) stored.tags.delete(tag);
    return tags;
  }

  deleteTag(repository: string, tag: string): boolean {
    return this.repositories.get(repository)?.tags.delete(tag) ?? false;
  }

  /** As `rm -r` on the volume does: without it, a repository once pushed stays known for ever. */
  forget(repository: string): void {
    this.repositories.delete(repository);
  }

  clear(): void {
    this.repositories.clear();
    this.blobBodies.clear();
  }

  /** Null when nothing was ever tagged there, though manifests may lie there. 3.x sorts, 2.8 takes them as they come. */
  tags(repository: string): string[] | null {
    const stored = this.repositories.get(repository);
    if (!stored?.hadTag) return null;
    const tags = [...stored.tags.keys()];
    return this.flavour === '2.8' ? tags.toReversed() : tags.sort();
  }

  /** 2.8 lists what ever had a blob, 3.x what ever had a manifest. '/' sorts before every other character. */
  catalog(): string[] {
    const listed = [...this.repositories].filter(([, stored]) =>
      this.flavour === '2.8' ? stored.hadBlob : stored.hadManifest,
    );
    return listed.map(([name]) => name).sort(compareByDirectory);
  }

  /** Repository → tag → digest, of all repositories that ever had a tag. */
  snapshot(): Map<string, Map<string, string>> {
    const known = [...this.repositories].filter(([, stored]) => stored.hadTag);
    return new Map(known.map(([name, stored]) => [name, new Map(stored.tags)]));
  }

  private at(repository: string): StoredRepository {
    const known = this.repositories.get(repository);
    if (known) return known;
    const fresh = {
      manifests: new Map(),
      tags: new Map(),
      blobs: new Set<string>(),
      hadManifest: false,
      hadTag: false,
      hadBlob: false,
    };
    this.repositories.set(repository, fresh);
    return fresh;
  }
}

/** The order in which a directory tree is walked: `a, a/b, a-b, a.b, ab`. */
export function compareByDirectory(a: string, b: string): number {
  const left = a.replaceAll('/', '\0');
  const right = b.replaceAll('/', '\0');
  return left < right ? -1 : Number(left > right);
}
