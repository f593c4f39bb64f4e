import type { CatalogRepository } from '#persistence/catalog.repository.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import type { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { dueSlots, type ScheduleFacts } from './sync-schedule.js';

const MINUTE_MS = 60_000;

/** Asks for syncs by making rows; who works on them is not decided here. */
export class SyncRequests {
  constructor(
    private readonly runs: SyncRunsRepository,
    private readonly registries: RegistriesRepository,
    private readonly catalog: CatalogRepository,
  ) {}

  /** Makes the runs that the schedule wants now. Returns true when any is new. */
  async schedule(facts: Omit<ScheduleFacts, 'empty' | 'now'>): Promise<boolean> {
    let fresh = false;
    for (const registry of await this.registries.all()) {
      const empty = facts.strategy === 'initial' && (await this.catalog.count(registry.id)).repositories === 0;
      for (const { slot, mode } of dueSlots({ ...facts, now: Date.now(), empty })) {
        const made = await this.runs.request(registry.id, slot, mode, facts.strategy);
        fresh ||= made;
      }
    }
    return fresh;
  }

  /** Something of the registry's notifications was lost, not understood or given up: look at everything, remove nothing. */
  async repair(registryId: number, reason: 'rejected' | 'dead' | 'instance', detail: string): Promise<boolean> {
    const slot = reason === 'instance' ? `instance:${detail}` : `${reason}:${Math.floor(Date.now() / MINUTE_MS)}`;
    return this.runs.request(registryId, slot, 'deep', 'update');
  }
}
