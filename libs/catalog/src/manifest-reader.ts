import type { ManifestFacts } from '#domain/manifest/manifest-facts.js';
import { isIndex } from '#domain/manifest/media-types.js';
import { addSizes, parseManifest } from '#domain/manifest/parse-manifest.js';
import { RegistryError } from '#registry/errors.js';
import type { RegistryClient } from '#registry/registry-client.js';
import { inParallel } from './in-parallel.js';

/** Indexes of indexes exist; endless ones do not deserve our time. */
const MAX_DEPTH = 3;
const PARALLEL_READS = 4;

/** Sizes in bytes of those of the digests that are stored. */
export type StoredSizes = (digests: string[]) => Promise<Map<string, number>>;

/** Reads manifests of one repository with all that belongs to them. What was read is in {@link facts}. */
export class ManifestReader {
  /** Children before parents. */
  readonly facts = new Map<string, ManifestFacts>();

  constructor(
    private readonly client: RegistryClient,
    private readonly repository: string,
    private readonly stored: StoredSizes,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Takes the bytes of a manifest that was just read: parses them, and reads its children. */
  async take(digest: string, mediaType: string, body: Buffer, depth = 0): Promise<void> {
    if (this.facts.has(digest)) return;
    const facts = lenientFacts(digest, mediaType, body);
    if (isIndex(facts.mediaType)) await this.readChildren(facts, depth);
    this.facts.set(digest, facts);
  }

  /** Reads a manifest by digest, if the registry has it. */
  async readByDigest(digest: string, depth = 0): Promise<void> {
    if (this.facts.has(digest)) return;
    const answer = await this.client.manifest(this.repository, digest, { signal: this.signal });
    if (answer.state === 'found') await this.take(digest, answer.mediaType, answer.body, depth);
  }

  private async readChildren(facts: ManifestFacts, depth: number): Promise<void> {
    const digests = facts.children.map((child) => child.digest);
    const sizes = await this.stored(digests);
    const missing = [...new Set(digests)].filter((digest) => !sizes.has(digest));
    if (depth < MAX_DEPTH) await inParallel(missing, PARALLEL_READS, (digest) => this.readChild(digest, depth + 1));
    for (const child of facts.children) {
      child.size = sizes.get(child.digest) ?? this.facts.get(child.digest)?.size ?? null;
      facts.size = addSizes(facts.size, child.size ?? 0);
    }
  }

  /** A child of a kind that is not read here leaves the index visible without that child's size. */
  private async readChild(digest: string, depth: number): Promise<void> {
    try {
      await this.readByDigest(digest, depth);
    } catch (error) {
      if (!(error instanceof RegistryError && isUnreadable(error))) throw error;
    }
  }
}

/** The registry has the manifest, but it is of a kind that is not read here. */
export function isUnreadable(error: RegistryError): boolean {
  return error.code === 'UNSUPPORTED_MEDIA_TYPE';
}

function lenientFacts(digest: string, mediaType: string, body: Buffer): ManifestFacts {
  try {
    return parseManifest(digest, mediaType, body);
  } catch {
    return {
      digest,
      mediaType,
      artifactType: null,
      configMediaType: null,
      configDigest: null,
      size: 0,
      manifestSize: body.length,
      annotations: {},
      subjectDigest: null,
      children: [],
    };
  }
}
