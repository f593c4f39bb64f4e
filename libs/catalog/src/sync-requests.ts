import { isPeriodic } from '#domain/sync/strategy.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import type { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { dueSlots, type ScheduleFacts } from './sync-schedule.js';

/** Asks for syncs by making rows; who works on them is not decided here. */
export class SyncRequests {
  constructor(
    private readonly runs: SyncRunsRepository,
    private readonly registries: RegistriesRepository,
  ) {}

  /**
   * Makes the runs that the schedule wants now: under the registry's own strategy, or else the given one. Returns true when
   * any is new.
   */
  async schedule(facts: Omit<ScheduleFacts, 'now'>): Promise<boolean> {
    let fresh = false;
    for (const registry of await this.registries.all()) {
      const strategy = registry.syncStrategy ?? facts.strategy;
      for (const { slot, mode } of dueSlots({ ...facts, strategy, now: Date.now() })) {
        const make = isPeriodic(strategy) ? this.runs.requestPeriodic : this.runs.request;
        const made = await make.call(this.runs, registry.id, slot, mode, strategy);
        fresh ||= made;
      }
    }
    return fresh;
  }

  /**
   * Notifications that were rejected or given up are evidence that something was lost: asks for a look at everything,
   * which removes nothing, once after the newest of them. The evidence are rows, so no crash can lose the request.
   */
  async repair(): Promise<boolean> {
    return this.runs.requestRepairs();
  }
}
