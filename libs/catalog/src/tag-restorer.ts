import { isIndex } from '#domain/manifest/media-types.js';
import { parseManifest } from '#domain/manifest/parse-manifest.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { RegistryError } from '#registry/errors.js';
import { inParallel } from './in-parallel.js';
import type { OwnChanges } from './own-changes.js';
import type { RegistryClients } from './registry-clients.js';

export interface RestoreTarget {
  registry: Registry;
  fullName: string;
  tag: string;
  /** Of the manifest that the tag is to have again. */
  digest: string;
  actor: string;
}

/** gone: the registry no longer has the manifest. incomplete: it has no longer all that the manifest is made of. */
export type Restoration = { state: 'restored' | 'gone' } | { state: 'incomplete'; missing: string[] };

const PARALLEL = 4;
/** Missing parts that are named. */
const MAX_NAMED = 20;

/** Puts an earlier manifest back under its tag: the same bytes, so the same digest and the same signatures. */
export class TagRestorer {
  constructor(
    private readonly clients: RegistryClients,
    private readonly own: OwnChanges,
  ) {}

  /** Throws RegistryError when the registry gives no answer, or refuses the push. */
  async restore(target: RestoreTarget): Promise<Restoration> {
    const { registry, fullName, tag, digest, actor } = target;
    const answer = await this.clients.of(registry).manifest(fullName, digest);
    if (answer.state !== 'found') return { state: 'gone' };
    const missing = isIndex(answer.mediaType) ? await this.missingChildren(target, answer) : [];
    if (missing.length > 0) return { state: 'incomplete', missing };
    const acting = this.clients.create(registry, actor);
    try {
      await acting.putManifest(fullName, tag, answer.mediaType, answer.body);
    } catch (error) {
      if (error instanceof RegistryError && error.code === 'MANIFEST_BLOB_UNKNOWN')
        return { state: 'incomplete', missing: [] };
      throw error;
    } finally {
      await acting.close();
    }
    await this.own.note(registry, fullName, actor, [{ action: 'push', tag, digest }]);
    return { state: 'restored' };
  }

  /** Registries may take an index whose images are gone; nobody could pull it. */
  private async missingChildren(
    { registry, fullName, digest }: RestoreTarget,
    { mediaType, body }: { mediaType: string; body: Buffer },
  ): Promise<string[]> {
    const client = this.clients.of(registry);
    const missing: string[] = [];
    const children = new Set(parseManifest(digest, mediaType, body).children.map((child) => child.digest));
    await inParallel(children, PARALLEL, async (child) => {
      if ((await client.headManifest(fullName, child)).state === 'absent') missing.push(child);
    });
    return missing.slice(0, MAX_NAMED);
  }
}
