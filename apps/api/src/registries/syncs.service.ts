import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import type { Sql } from '#persistence/database.js';
import type { Listed } from '#persistence/listing.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { type DifferenceRow, SyncDifferencesRepository } from '#persistence/sync-differences.repository.js';
import { type RunView, SyncPlansRepository } from '#persistence/sync-plans.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Doorbell } from '#queues/doorbell.js';
import type { Paging } from '../http/list-query.js';
import type { Drift, SyncOrder } from './syncs.dto.js';

/** Syncs that administrators ask for, look at, allow, stop and take back. Work is done by workers; these are rows. */
@Injectable()
export class SyncsService {
  constructor(
    private readonly registries: RegistriesRepository,
    private readonly plans: SyncPlansRepository,
    private readonly differences: SyncDifferencesRepository,
    private readonly activities: ActivitiesRepository,
    private readonly doorbell: Doorbell,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Asks for a run; one of the same kind that was asked for and has not ended is that run. */
  async ask(registryId: number, order: SyncOrder, by: By): Promise<RunView> {
    const registry = await this.registry(registryId);
    const strategy = order.strategy ?? registry.syncStrategy ?? this.settings.syncStrategy;
    const ask = { mode: order.mode, strategy, dryRun: order.dry_run, requestedBy: by.actorName ?? '' };
    const id = await this.plans.ask(registryId, ask);
    return this.rung(registryId, id);
  }

  async list(registryId: number, paging: Paging<'id'>): Promise<Listed<RunView>> {
    await this.registry(registryId);
    return this.plans.page(registryId, paging);
  }

  async find(registryId: number, id: number): Promise<{ run: RunView; plan: DifferenceRow[] }> {
    const run = await this.run(registryId, id);
    return { run, plan: run.planned === 0 ? [] : await this.differences.plan(id, 100) };
  }

  async differencesOf(registryId: number, id: number, paging: Paging<'id'>): Promise<Listed<DifferenceRow>> {
    await this.run(registryId, id);
    return this.differences.ofRun(id, paging);
  }

  /** Says yes to a plan that waits. 409 when it does not wait (any more). */
  async approve(registryId: number, id: number, by: By): Promise<RunView> {
    const run = await this.run(registryId, id);
    const note = (sql: Sql) => this.tell(by, 'sync.approve', run, { planned: run.planned }, sql);
    const approved = await this.plans.approve(registryId, id, by.actorName ?? '', note);
    if (!approved) throw new AppError('conflict', `run ${id} does not wait for a yes; it is ${run.state}`);
    return this.rung(registryId, id);
  }

  /** Stops a run that has not ended, or drops a plan that waits. 409 when it has ended. */
  async cancel(registryId: number, id: number, by: By): Promise<RunView> {
    const run = await this.run(registryId, id);
    const cancelled = await this.plans.cancel(registryId, id, `cancelled by ${by.actorName ?? ''}`);
    if (!cancelled) throw new AppError('conflict', `run ${id} has ended; it is ${run.state}`);
    return this.run(registryId, id);
  }

  /** Brings back what a run removed, by a run of its own. 409 when there is nothing to bring back. */
  async undo(registryId: number, id: number, by: By): Promise<RunView> {
    const run = await this.run(registryId, id);
    const note = (sql: Sql) => this.tell(by, 'sync.undo', run, { tags: run.restorable }, sql);
    const undo = await this.plans.askForUndo(registryId, id, by.actorName ?? '', note);
    if (undo === null) throw new AppError('conflict', `run ${id} has removed nothing that could be brought back`);
    return this.rung(registryId, undo);
  }

  async drift(registryId: number, paging: Paging<'id'>): Promise<Drift> {
    const registry = await this.registry(registryId);
    const { latest, deep } = await this.plans.compared(registryId);
    const runs = { latest: latest?.id ?? 0, deep: deep?.id ?? 0 };
    const found = await this.differences.drift(registryId, runs, paging.skip, paging.take);
    return { registry, latest, deep, found };
  }

  private async registry(id: number): Promise<Registry> {
    const registry = await this.registries.find(id);
    if (registry === null) throw new AppError('not_found', 'Not found');
    return registry;
  }

  private async run(registryId: number, id: number): Promise<RunView> {
    const run = await this.plans.find(registryId, id);
    if (run === null) throw new AppError('not_found', 'Not found');
    return run;
  }

  private async rung(registryId: number, id: number): Promise<RunView> {
    this.doorbell.ring('catalog-sync');
    return this.run(registryId, id);
  }

  private async tell(by: By, key: NewActivity['key'], run: RunView, details: Record<string, unknown>, sql: Sql) {
    const { id, registryId, mode, strategy } = run;
    const about = { subjectType: 'sync_run', subjectId: id, subjectName: `${mode} ${strategy}` } as const;
    await this.activities.record(by, { key, ...about, details: { registry: registryId, ...details } }, sql);
  }
}
