import { randomUUID } from 'node:crypto';
import type { ItemState } from '#domain/deletion/deletion-item.entity.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { ClaimedDeletion, DeletionsRepository, ItemRow } from '#persistence/deletions.repository.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { RegistryClient } from '#registry/registry-client.js';
import type { RegistryClients } from './registry-clients.js';
import type { RepositoryRemover } from './repository-remover.js';
import type { TagRemover } from './tag-remover.js';

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

/** Told about every tag or repository that went. */
export type OnGone = (deletion: ClaimedDeletion, item: ItemRow) => Promise<void>;

/** Works deletions off, item by item. It may be killed at any time: what ended is noted, and the rest is done again. */
export class DeletionRunner {
  private readonly holder = randomUUID();
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;

  constructor(
    private readonly deletions: DeletionsRepository,
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
    private readonly tags: TagRemover,
    private readonly repositories: RepositoryRemover,
    private readonly onGone: OnGone,
  ) {}

  /** Works off every open deletion, one after the other. */
  async ring(): Promise<void> {
    this.running ??= this.runAll().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Gives the present one back, and waits until nothing is under way. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    await this.running?.catch(() => undefined);
  }

  private async runAll(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const deletion = await this.deletions.claim(this.holder, LEASE_SECONDS);
      if (deletion === null) return;
      await this.run(deletion);
    }
  }

  private async run(deletion: ClaimedDeletion): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, lost.signal]);
    const renewal = setInterval(() => {
      this.deletions.renew(deletion.id, this.holder, LEASE_SECONDS).then(
        (ours) => ours || lost.abort(new Error('another worker has taken the deletion over')),
        () => undefined,
      );
    }, RENEW_MS);
    const actors = new Map<number, { registry: Registry; client: RegistryClient }>();
    try {
      await this.removeItems(deletion, actors, signal);
      await this.finish(deletion);
    } catch (error) {
      await this.giveBack(deletion, error).catch(() => undefined);
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
      const items = await this.deletions.waiting(deletion.id, BATCH);
      if (items.length === 0) return;
      for (const item of items) {
        signal.throwIfAborted();
        const { state, reason } = await this.removeItem(deletion, item, actors, signal);
        await this.deletions.settle(item.id, state, reason);
        if (state === 'removed') await this.onGone(deletion, item);
      }
    }
  }

  private async removeItem(
    deletion: ClaimedDeletion,
    item: ItemRow,
    actors: Map<number, { registry: Registry; client: RegistryClient }>,
    signal: AbortSignal,
  ): Promise<ItemOutcome> {
    const registry = actors.get(item.registryId)?.registry ?? (await this.registries.find(item.registryId));
    if (registry === null) return { state: 'failed', reason: 'the registry is not known any more' };
    const client = actors.get(registry.id)?.client ?? this.clients.create(registry, deletion.actor);
    actors.set(registry.id, { registry, client });
    const target = { registry, fullName: item.fullName, actor: deletion.actor, signal };
    try {
      if (item.tag === null) return outcomeOf(await this.repositories.remove(target, client));
      const { tag, digest } = item;
      return outcomeOf(await this.tags.remove({ ...target, tag, digest, moveShared: deletion.moveShared }, client));
    } catch (error) {
      const refused = error instanceof RegistryError && !error.temporary && error.status !== null;
      const tired = error instanceof RegistryError && deletion.attempts >= ATTEMPTS;
      if (refused || tired) return { state: 'failed', reason: error.message };
      throw error;
    }
  }

  private async finish(deletion: ClaimedDeletion): Promise<void> {
    const counts = await this.deletions.counts(deletion.id);
    const parts = Object.entries(counts).map(([state, count]) => `${state} ${count}`);
    const left = Object.keys(counts).some((state) => state !== 'removed' && state !== 'absent');
    const empty = left || deletion.namespaceId === null || deletion.kind !== 'namespace';
    const kept = !empty && !(await this.deletions.removeNamespace(deletion.namespaceId!));
    if (kept) parts.push('something was pushed meanwhile, so the namespace stays');
    const outcome = parts.join(', ') || 'there was nothing to delete';
    await this.deletions.finish(deletion.id, this.holder, left || kept ? 'incomplete' : 'done', outcome);
  }

  private async giveBack(deletion: ClaimedDeletion, error: unknown): Promise<void> {
    const stopped = this.stopping.signal.aborted;
    const reason = error instanceof Error ? error.message : String(error);
    await this.deletions.giveBack(deletion.id, this.holder, reason, stopped ? 0 : RETRY_SECONDS, !stopped);
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
