import type { Registry } from '#domain/registry/registry.entity.js';
import type { CatalogRepository } from '#persistence/catalog.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { RegistryClient } from '#registry/registry-client.js';
import { inParallel } from './in-parallel.js';
import { isUnreadable } from './manifest-reader.js';
import type { OwnChanges } from './own-changes.js';
import type { RegistryClients } from './registry-clients.js';

/** One whole repository, and in whose name it goes. */
export interface RepositoryTarget {
  registry: Registry;
  fullName: string;
  actor: string;
  signal?: AbortSignal | undefined;
}

/** removed: nothing is tagged there any more. left: tags that are still, or again, there. disabled: deletes are off. */
export type RepositoryRemoval = { state: 'removed' | 'disabled' } | { state: 'left'; tags: string[] };

const PARALLEL = 4;
/** Manifests that are deleted before the catalog hears of them. */
const BATCH = 200;
/** Of one run; more are found when it is asked for again. */
const MAX_MANIFESTS = 100_000;

/** Empties repositories at the registry: every manifest goes by its digest, and all tags with them. */
export class RepositoryRemover {
  constructor(
    private readonly clients: RegistryClients,
    private readonly catalog: CatalogRepository,
    private readonly own: OwnChanges,
  ) {}

  /** May be repeated after any failure. Throws RegistryError when the registry gives no answer. */
  async remove(target: RepositoryTarget, acting: RegistryClient): Promise<RepositoryRemoval> {
    const digests = await this.digestsOf(target);
    for (let from = 0; from < digests.length; from += BATCH) {
      const deleted: string[] = [];
      try {
        const ended = await this.deleteAll(target, digests.slice(from, from + BATCH), acting, deleted);
        if (ended === 'disabled') return { state: 'disabled' };
      } finally {
        // What went before a failure is gone all the same.
        const changes = deleted.map((digest) => ({ action: 'delete' as const, tag: null, digest }));
        if (changes.length > 0) await this.own.note(target.registry, target.fullName, target.actor, changes);
      }
    }
    return this.outcome(target);
  }

  /** What we know of, indexes before what they list, and what else is tagged at this moment. */
  private async digestsOf({ registry, fullName, signal }: RepositoryTarget): Promise<string[]> {
    const id = await this.catalog.idOf(registry.id, fullName);
    const digests = new Set(id === null ? [] : await this.catalog.manifestsOf(id, MAX_MANIFESTS));
    const client = this.clients.of(registry);
    const listing = await client.tags(fullName, signal);
    await inParallel(listing.state === 'listed' ? listing.tags : [], PARALLEL, async (tag) => {
      const head = await client.headManifest(fullName, tag, signal ? { signal } : {}).catch(unlessUnreadable);
      if (head?.state === 'found') digests.add(head.digest);
    });
    return [...digests];
  }

  private async deleteAll(
    { fullName, signal }: RepositoryTarget,
    digests: readonly string[],
    acting: RegistryClient,
    deleted: string[],
  ): Promise<'done' | 'disabled'> {
    for (const digest of digests) {
      if ((await acting.deleteManifest(fullName, digest, signal)) === 'disabled') return 'disabled';
      deleted.push(digest);
    }
    return 'done';
  }

  private async outcome({ registry, fullName, signal }: RepositoryTarget): Promise<RepositoryRemoval> {
    const listing = await this.clients.of(registry).tags(fullName, signal);
    const tags = listing.state === 'listed' ? listing.tags : [];
    return tags.length === 0 ? { state: 'removed' } : { state: 'left', tags };
  }
}

/** A manifest of a kind that is not read here stays, and its tag is told as left. */
function unlessUnreadable(error: unknown): null {
  if (error instanceof RegistryError && isUnreadable(error)) return null;
  throw error;
}
