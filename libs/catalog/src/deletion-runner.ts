import { randomUUID } from 'node:crypto';
import type { ItemState } from '#domain/deletion/deletion-item.entity.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { Sql } from '#persistence/database.js';
import type { ClaimedDeletion, DeletionWorkRepository, WaitingItem } from '#persistence/deletion-work.repository.js';
import type { ItemRow } from '#persistence/deletions.repository.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { RegistryClient } from '#registry/registry-client.js';
import { PerRegistry } from './per-registry.js';
import type { RegistryClients } from './registry-clients.js';
import type { RepositoryRemover } from './repository-remover.js';
import type { TagRemover } from './tag-remover.js';
import { WorkLoop } from './work-loop.js';

const LEASE_SECONDS = 30;
const RENEW_MS = 5_000;
const BATCH = 100;
/** Times that a deletion waits for a registry that gives no answer, and seconds that it waits each time. */
const ATTEMPTS = 8;
const RETRY_SECONDS = 15;

/** What became of one item. */
export interface ItemOutcome {
  state: ItemState;
  reason: string | null;
}

/** Told about every tag or repository that went, in the transaction that notes it. */
export type OnGone = (deletion: ClaimedDeletion, item: ItemRow, sql: Sql) => Promise<void>;

/**
 * Works deletions off, item by item, one at a time for each registry. It may be killed at any time: what ended is noted,
 * and the rest is done again.
 */
export class DeletionRunner extends PerRegistry<number | null> {
  private readonly holder = randomUUID();

  constructor(
    private readonly work: DeletionWorkRepository,
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
    private readonly tags: TagRemover,
    private readonly repositories: RepositoryRemover,
    private readonly onGone: OnGone,
  ) {
    super(
      () => work.registriesWaiting(),
      (registryId) => new WorkLoop((stopping) => this.round(registryId, stopping)),
    );
  }

  private async round(registryId: number | null, stopping: AbortSignal): Promise<boolean> {
    const deletion = await this.work.claim(registryId, this.holder, LEASE_SECONDS);
    if (deletion !== null) await this.run(deletion, stopping);
    return deletion !== null;
  }

  private async run(deletion: ClaimedDeletion, stopping: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([stopping, lost.signal]);
    const renewal = setInterval(() => {
      this.work.renew(deletion.id, this.holder, LEASE_SECONDS).then(
        (ours) => ours || lost.abort(new Error('another worker has taken the deletion over')),
        () => undefined,
      );
    }, RENEW_MS);
    const actors = new Map<number, { registry: Registry; client: RegistryClient }>();
    try {
      await this.removeItems(deletion, actors, signal);
      await this.finish(deletion);
    } catch (error) {
      await this.giveBack(deletion, error, stopping.aborted).catch(() => undefined);
    } finally {
      clearInterval(renewal);
      await Promise.all([...actors.values()].map(({ client }) => client.close()));
    }
  }

  private async removeItems(
    deletion: ClaimedDeletion,
    actors: Map<number, { registry: Registry; client: RegistryClient }>,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const items = await this.work.waiting(deletion.id, BATCH);
      if (items.length === 0) return;
      for (const item of items) {
        signal.throwIfAborted();
        const { state, reason } = await this.removeItem(deletion, item, actors, signal);
        await this.work.settle(item.id, state, reason, async (sql) => {
          if (state === 'removed') await this.onGone(deletion, item, sql);
        });
      }
    }
  }

  private async removeItem(
    deletion: ClaimedDeletion,
    item: WaitingItem,
    actors: Map<number, { registry: Registry; client: RegistryClient }>,
    signal: AbortSignal,
  ): Promise<ItemOutcome> {
    const registry = actors.get(item.registryId)?.registry ?? (await this.registries.find(item.registryId));
    if (registry === null) return { state: 'failed', reason: 'the registry is not known any more' };
    const client = actors.get(registry.id)?.client ?? this.clients.create(registry, deletion.actor);
    actors.set(registry.id, { registry, client });
    const target = { registry, fullName: item.fullName, actor: deletion.actor, signal };
    try {
      await this.work.begin(item.id);
      if (item.tag === null) return outcomeOf(await this.repositories.remove(target, client));
      const { tag, digest } = item;
      const removal = await this.tags.remove({ ...target, tag, digest, moveShared: deletion.moveShared }, client);
      // Absent after a former attempt: that one took it off, and was not heard any more.
      return outcomeOf(item.begun && removal.state === 'absent' ? { state: 'removed' } : removal);
    } catch (error) {
      const refused = error instanceof RegistryError && !error.temporary && error.status !== null;
      const tired = error instanceof RegistryError && deletion.attempts >= ATTEMPTS;
      if (refused || tired) return { state: 'failed', reason: error.message };
      throw error;
    }
  }

  private async finish(deletion: ClaimedDeletion): Promise<void> {
    const counts = await this.work.counts(deletion.id);
    const parts = Object.entries(counts).map(([state, count]) => `${state} ${count}`);
    const left = Object.keys(counts).some((state) => state !== 'removed' && state !== 'absent');
    const kept = !left && !(await this.removePlace(deletion));
    if (kept) parts.push(`something was pushed meanwhile, so the ${deletion.kind} stays`);
    const outcome = parts.join(', ') || 'there was nothing to delete';
    await this.work.finish(deletion.id, this.holder, left || kept ? 'incomplete' : 'done', outcome);
  }

  /** The row of what was emptied; false when it is not empty. */
  private async removePlace({ kind, namespaceId, teamId }: ClaimedDeletion): Promise<boolean> {
    if (kind === 'namespace' && namespaceId !== null) return this.work.removeNamespace(namespaceId);
    if (kind === 'team' && teamId !== null) return this.work.removeTeam(teamId);
    return true;
  }

  private async giveBack(deletion: ClaimedDeletion, error: unknown, stopped: boolean): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await this.work.giveBack(deletion.id, this.holder, reason, stopped ? 0 : RETRY_SECONDS, !stopped);
  }
}

const REASONS: Partial<Record<ItemState, string>> = {
  moved: 'it has another digest by now',
  disabled: 'deletes are switched off at the registry',
  unclear: 'the registry could not be read well enough to see who shares the digest',
};

function outcomeOf(removal: {
  state: ItemState;
  tags?: string[];
  indexes?: { digest: string; tags: string[] }[];
}): ItemOutcome {
  const { state, tags = [], indexes = [] } = removal;
  if (state === 'left') return { state, reason: `still, or again, there: ${tags.slice(0, 20).join(', ')}` };
  if (state !== 'shared') return { state, reason: REASONS[state] ?? null };
  const others = [...tags, ...indexes.map((index) => `index ${index.digest}`)].slice(0, 20).join(', ');
  return { state, reason: `the registry deletes by digest only, and others have it too: ${others}` };
}
