import { applyChanges } from '#persistence/apply-changes.js';
import type { CatalogChange } from '#persistence/catalog-change.js';
import type { Database, Sql } from '#persistence/database.js';
import type { InboxRepository, WaitingEvent } from '#persistence/inbox.repository.js';
import { type Lease, type LeaseRepository } from '#persistence/lease.repository.js';
import { Gather } from '#persistence/gather.js';

/** Repositories of one transaction, and transactions at a time: one that waits for a lock does not stop the others. */
const TOGETHER = { most: 64, lanes: 2, wait: 40 };
/** Nobody waits for one repository of a pass, so its transactions are to be full: a commit each costs more than the looks. */
const OF_A_PASS = { ...TOGETHER, wait: 150 };

/** What is to be written of one repository, all of it or nothing. */
export interface Application {
  lease: Lease;
  change: CatalogChange;
  done: WaitingEvent[];
  ignored: WaitingEvent[];
  /** Why those are ignored. */
  reason: string | null;
}

/**
 * Writes what looks at repositories brought: those that end at about the same time in one small transaction, with the same
 * number of statements as for one. A repository whose lease was lost is left out; one whose changes can not be written
 * fails alone.
 */
export class Applier {
  private readonly ofEvents = new Gather((items: Application[]) => this.applyAll(items), TOGETHER);
  private readonly ofPasses = new Gather((items: Application[]) => this.applyAll(items), OF_A_PASS);

  constructor(
    private readonly database: Database,
    private readonly leases: LeaseRepository,
    private readonly inbox: InboxRepository,
    private readonly adopter: string | null,
  ) {}

  /** stale: the lease was lost meanwhile; nothing was written. */
  async apply(application: Application): Promise<'applied' | 'stale'> {
    const gather = application.change.learnedFrom === 'sync' ? this.ofPasses : this.ofEvents;
    return gather.do(application);
  }

  private async applyAll(items: Application[]): Promise<('applied' | 'stale')[]> {
    return this.database.transaction(async (sql) => {
      const leases = items.map(({ lease }) => lease);
      const ours = await this.leases.settleAll(sql, leases);
      const good = items.filter(({ lease }) => ours.has(lease));
      await applyChanges(
        sql,
        good.map(({ change }) => change),
        this.adopter,
      );
      await this.finish(sql, good);
      return leases.map((lease) => (ours.has(lease) ? 'applied' : 'stale'));
    });
  }

  private async finish(sql: Sql, items: Application[]): Promise<void> {
    const done = items.flatMap((item) => item.done.map(({ id }) => ({ id, reason: null })));
    const ignored = items.flatMap((item) => item.ignored.map(({ id }) => ({ id, reason: item.reason })));
    await this.inbox.finishAll(sql, done, 'done');
    await this.inbox.finishAll(sql, ignored, 'ignored');
  }
}
