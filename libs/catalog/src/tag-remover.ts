import { randomUUID } from 'node:crypto';
import { isThrowaway, throwawayManifest } from '#domain/manifest/throwaway.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { CatalogRepository } from '#persistence/catalog.repository.js';
import type { ManifestsRepository, Sharing } from '#persistence/manifests.repository.js';
import type { RegistryClient } from '#registry/registry-client.js';
import type { OwnChanges } from './own-changes.js';
import type { RegistryClients } from './registry-clients.js';

/** One tag, and in whose name it goes. */
export interface TagTarget {
  registry: Registry;
  fullName: string;
  tag: string;
  /** The digest that is meant: a tag that has another one by now stays. null: whatever it has. */
  digest: string | null;
  actor: string;
  /** Whether a tag that the registry can not take off by itself is moved to a throw-away manifest first. */
  moveShared: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * removed: taken off, and proved absent by a direct read. absent: was not there. moved: it has another digest than was
 * meant, or was pushed again meanwhile. shared: the registry deletes by digest only (2.8), which would take others too.
 * disabled: deletes are off at the registry. unclear: the registry could not be read well enough to be sure.
 */
export type Removal =
  { state: 'removed' | 'absent' | 'moved' | 'disabled' | 'unclear' } | ({ state: 'shared' } & Sharing);

/** At every tag, of no run, and removing nothing that was not announced. */
const LOOK = { deep: true, mayRemove: false, runId: 0, removals: new Set<string>(), dryRun: false };

/** Takes single tags off a registry, and never their siblings. Throws RegistryError when the registry gives no answer. */
export class TagRemover {
  constructor(
    private readonly clients: RegistryClients,
    private readonly catalog: CatalogRepository,
    private readonly manifests: ManifestsRepository,
    private readonly own: OwnChanges,
  ) {}

  /** @param acting a client in the actor's name, for the changes; reads are made in Portus's own */
  async remove(target: TagTarget, acting: RegistryClient): Promise<Removal> {
    const { registry, fullName, tag, digest, actor, signal } = target;
    const now = await this.digestOf(target);
    if (now !== null && digest !== null && now !== digest && !(await this.isThrowaway(target, now)))
      return { state: 'moved' };
    const removal = now === null ? ({ state: 'absent' } as const) : await this.takeOff(target, now, acting, signal);
    if (removal.state === 'removed' || removal.state === 'absent')
      await this.own.note(registry, fullName, actor, [{ action: 'delete', tag, digest: null }]);
    return removal;
  }

  private async takeOff(
    target: TagTarget,
    digest: string,
    acting: RegistryClient,
    signal: AbortSignal | undefined,
  ): Promise<Removal> {
    const byTag = await acting.deleteManifest(target.fullName, target.tag, signal);
    if (byTag === 'disabled') return { state: 'disabled' };
    if (byTag === 'not-by-tag') return this.takeOffByDigest(target, digest, acting);
    return this.proved(target);
  }

  /** Registry 2.8: whatever has the digest goes with it, so it must be the tag's own. */
  private async takeOffByDigest(target: TagTarget, digest: string, acting: RegistryClient): Promise<Removal> {
    const sharing = await this.sharing(target, digest);
    if (sharing === null) return { state: 'unclear' };
    const shared = sharing.tags.length + sharing.indexes.length > 0;
    if (shared && !target.moveShared) return { state: 'shared', ...sharing };
    const doomed = shared ? await this.moveAway(target, digest, acting) : digest;
    if (doomed === null) return { state: 'moved' };
    // Nothing can be compared and swapped: the tag is read again right before, and after.
    if ((await this.digestOf(target)) !== doomed) {
      // The throw-away has no tag any more, so nobody misses it.
      if (doomed !== digest) await acting.deleteManifest(target.fullName, doomed, target.signal);
      return { state: 'moved' };
    }
    const outcome = await acting.deleteManifest(target.fullName, doomed, target.signal);
    if (outcome === 'disabled') return { state: 'disabled' };
    return this.proved(target);
  }

  /** The throw-away's digest; null when the tag has another digest by now. */
  private async moveAway(target: TagTarget, digest: string, acting: RegistryClient): Promise<string | null> {
    if ((await this.digestOf(target)) !== digest) return null;
    const { mediaType, body } = throwawayManifest(randomUUID());
    return (await acting.putManifest(target.fullName, target.tag, mediaType, body, target.signal)).digest;
  }

  /**
   * Who else has the digest, by a look at every tag of the repository: the stored picture alone may be old. null: that
   * look was not whole.
   */
  private async sharing(target: TagTarget, digest: string): Promise<Sharing | null> {
    const whole = { ...LOOK, confirmBefore: new Date(0) };
    const look = await this.own.look(target.registry, target.fullName, whole);
    if (look === null || look.failures > 0) return null;
    const id = await this.catalog.idOf(target.registry.id, target.fullName);
    if (id === null) return { tags: [], indexes: [] };
    const { tags, indexes } = await this.manifests.sharing(id, digest);
    return { tags: tags.filter((name) => name !== target.tag), indexes };
  }

  private async proved(target: TagTarget): Promise<Removal> {
    return { state: (await this.digestOf(target)) === null ? 'removed' : 'moved' };
  }

  private async digestOf({ registry, fullName, tag, signal }: TagTarget): Promise<string | null> {
    const head = await this.clients.of(registry).headManifest(fullName, tag, signal ? { signal } : {});
    return head.state === 'found' ? head.digest : null;
  }

  /** Left behind by a removal that was cut short. */
  private async isThrowaway({ registry, fullName, signal }: TagTarget, digest: string): Promise<boolean> {
    const answer = await this.clients.of(registry).manifest(fullName, digest, signal ? { signal } : {});
    return answer.state === 'found' && isThrowaway(answer.mediaType, answer.body);
  }
}
