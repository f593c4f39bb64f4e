import { EventDrain } from '#catalog/event-drain.js';
import { makeSyncRunner } from '#catalog/make-sync-runner.js';
import { ReconcileRecord } from '#catalog/reconcile-record.js';
import { Reconciler } from '#catalog/reconciler.js';
import { type RegistryClients, SERVICE_ACCOUNT } from '#catalog/registry-clients.js';
import { Slots } from '#catalog/slots.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { SyncMode, SyncStrategy } from '#domain/sync/strategy.js';
import { CatalogRepository } from '#persistence/catalog.repository.js';
import type { Database, Sql } from '#persistence/database.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { LeaseRepository } from '#persistence/lease.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { RemovedTagsRepository } from '#persistence/removed-tags.repository.js';
import { SyncBatchesRepository } from '#persistence/sync-batches.repository.js';
import { SyncPlansRepository } from '#persistence/sync-plans.repository.js';
import { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { parseEnvelope } from '../../../apps/api/src/webhooks/parse-envelope.js';
import { type EventEnvelope, FakeRegistry, type Fault, type Flavour, type SeenRequest } from '../../fakes/registry.js';
import type { TestDatabase } from '../test-database.js';
import { type Interruption, Killed, Mortal, type Witness } from './mortal.js';
import { TagHistory, type Tags } from './tag-history.js';

/** How one job of a worker goes. */
export interface Job {
  interruption: Interruption | null;
  faultOf: (request: SeenRequest) => Fault | null;
}

export const HEALTHY: Job = { interruption: null, faultOf: () => null };

/** Nothing is confirmed while the clock does not go on. */
const SETTINGS = { confirmationSeconds: 60, deepRate: null, share: 0.1, minimum: 20 };
const PATH = /^\/v2\/(.+)\/(?:tags\/list|manifests\/[^/]+)$/;

/** A registry that is a model, the real code of the workers over a real database, and a witness of what goes. */
export class ModelWorld {
  readonly fake: FakeRegistry;
  readonly undelivered: EventEnvelope[] = [];
  /**
   * What no commit may do: remove a row while the registry had what it stands for all the time that it was being read, or
   * show what the registry had only before what was already shown.
   */
  readonly wrongs: string[] = [];
  /** What happened, in order: steps of the story, statements and requests of the processes, commits that showed. */
  readonly log: string[] = [];
  private clock = 0;
  private readonly history = new TagHistory();
  private stored: Tags = new Map();
  private slots = 0;
  private processes = 0;
  private readonly commits = new Slots(1);

  private constructor(
    private readonly test: TestDatabase,
    readonly registry: Registry,
    flavour: Flavour,
  ) {
    this.fake = new FakeRegistry({ flavour, onEvent: (envelope) => this.undelivered.push(envelope) });
  }

  /** A world of its own in a database from which the former one is taken away. */
  static async create(test: TestDatabase, flavour: Flavour): Promise<ModelWorld> {
    await test.sql.query('DELETE FROM registries');
    const input = { name: 'model', hostname: 'registry.test', externalHostname: null, useSsl: false };
    const registry = await new RegistriesRepository(test.sql).create({ ...input, webhookSecret: null });
    return new ModelWorld(test, registry, flavour);
  }

  /** Changes the registry; the clock of the witness goes on. */
  change(work: (fake: FakeRegistry) => void): void {
    work(this.fake);
    this.clock += 1;
    this.history.note(this.held(), this.clock);
  }

  /** Puts notifications into the inbox, as the api's door does. */
  async deliver(envelopes: readonly EventEnvelope[]): Promise<void> {
    const inbox = new InboxRepository(this.test.sql);
    for (const envelope of envelopes) {
      const { events } = parseEnvelope(Buffer.from(JSON.stringify(envelope)), false, SERVICE_ACCOUNT);
      await inbox.store(this.registry.id, events);
    }
  }

  /** A worker works the inbox off. */
  async drain(job: Job): Promise<void> {
    await this.run(job, ({ inbox, registries, reconciler }, log) =>
      new EventDrain(inbox, registries, reconciler, log).ring(),
    );
  }

  /** A worker runs a sync, behind those that were left. */
  async sync(mode: SyncMode, strategy: SyncStrategy, job: Job): Promise<void> {
    const slot = `${mode}:${this.slots++}`;
    await new SyncRunsRepository(this.test.sql).request(this.registry.id, slot, mode, strategy);
    await this.resume(job);
  }

  /** A worker goes on with the syncs that were left. */
  async resume(job: Job): Promise<void> {
    await this.run(job, (parts, log) => makeSyncRunner(parts, SETTINGS, log).ring());
  }

  /** How the latest sync ended. */
  async latestSync(): Promise<{ state: string; failed: number; outcome: string | null }> {
    const [run] = await this.test.sql.query<{ state: string; failed: number; outcome: string | null }>(
      'SELECT state, failed, outcome FROM sync_runs ORDER BY id DESC LIMIT 1',
    );
    return run!;
  }

  /** What the dead held is free. */
  async releaseTheDead(): Promise<void> {
    await this.test.sql.query(`UPDATE repository_leases SET expires_at = now() - interval '1 second'`);
    for (const table of ['sync_runs', 'sync_batches'])
      await this.test.sql.query(
        `UPDATE ${table} SET expires_at = now() - interval '1 second' WHERE expires_at > now()`,
      );
  }

  /** Backoffs are over, and absences old enough to be confirmed. */
  async passTime(): Promise<void> {
    await this.releaseTheDead();
    await this.test.sql.query('UPDATE registry_events SET next_attempt_at = now()');
    await this.test.sql.query(`UPDATE tags SET absent_since = absent_since - interval '1 hour'`);
  }

  held(): Tags {
    const all = [...this.fake.snapshot()];
    return new Map(
      all.flatMap(([name, tags]) => [...tags].map(([tag, digest]) => [`${name}:${tag}`, digest] as const)),
    );
  }

  /** The tags that the API shows. */
  async shown(sql: Sql = this.test.sql): Promise<Tags> {
    const rows = await sql.query<{ name: string; digest: string }>(
      `SELECT r.full_name || ':' || t.name AS name, m.digest FROM tags t JOIN manifests m ON m.id = t.manifest_id
         JOIN repositories r ON r.id = t.repository_id WHERE r.removed_at IS NULL`,
    );
    return new Map(rows.map(({ name, digest }) => [name, digest]));
  }

  async waitingEvents(): Promise<number> {
    return this.test.value(
      `SELECT count(*)::int FROM registry_events WHERE state NOT IN ('done', 'ignored', 'rejected')`,
    );
  }

  /** Does a worker's job as a process of its own, which may not survive it. */
  private async run(
    job: Job,
    work: (parts: ReturnType<ModelWorld['parts']>, log: ReturnType<typeof logOf>) => Promise<void>,
  ): Promise<void> {
    const mortal = new Mortal(job.interruption);
    const name = `process ${++this.processes}`;
    const hears = (step: string) => void this.log.push(`  ${name}: ${step}`);
    const readSince = new Map<string, number>();
    const database = mortal.database(this.test.sql, this.witnessOf(readSince, hears));
    const client = mortal.client(this.fake, (path) => this.noteRead(path, readSince), job.faultOf, hears);
    try {
      await work(this.parts(database, { of: () => client } as unknown as RegistryClients), logOf(hears));
      hears('ends');
    } catch (error) {
      hears(`ends with ${String(error)}`);
      if (!(error instanceof Killed)) throw error;
    } finally {
      await mortal.ended(() => this.wrongs.push(`${name} went on when it had ended`));
    }
  }

  private witnessOf(readSince: ReadonlyMap<string, number>, hears: Witness['hears']): Witness {
    const turn = async () => {
      await this.commits.take();
      return () => this.commits.give();
    };
    return { turn, sees: (sql) => this.judge(sql, readSince, hears), hears };
  }

  private parts(database: Database, clients: RegistryClients) {
    const [inbox, leases] = [new InboxRepository(database), new LeaseRepository(database)];
    const catalog = new CatalogRepository(database);
    // Every other process looks at a few names at a time, as others do in repositories with thousands.
    const most = this.processes % 2 === 0 ? { mostNames: 2, mostManifests: 2 } : {};
    const options = { record: new ReconcileRecord(new Metrics()), ...most };
    return {
      inbox,
      clients,
      reconciler: new Reconciler(database, leases, inbox, catalog, clients, options),
      registries: new RegistriesRepository(database),
      runs: new SyncRunsRepository(database),
      batches: new SyncBatchesRepository(database),
      plans: new SyncPlansRepository(database),
      removed: new RemovedTagsRepository(database),
    };
  }

  private noteRead(path: string, readSince: Map<string, number>): void {
    const repository = PATH.exec(path)?.[1];
    if (repository !== undefined && !readSince.has(repository)) readSince.set(repository, this.clock);
  }

  /** Before each commit, when all before it were seen: what it shows and takes away is its own doing. */
  private async judge(sql: Sql, readSince: ReadonlyMap<string, number>, hears: Witness['hears']): Promise<void> {
    const shown = await this.shown(sql);
    for (const name of new Set([...this.stored.keys(), ...shown.keys()])) {
      const [before, after] = [this.stored.get(name) ?? null, shown.get(name) ?? null];
      if (before === after) continue;
      const since = readSince.get(name.slice(0, name.lastIndexOf(':'))) ?? Infinity;
      hears(`shows ${name} as ${after} after ${before}, read since ${since}`);
      if (after === null && !this.history.wasAbsent(name, since)) this.wrongs.push(`${name} went, but was there`);
      if (!this.history.follow(name, after)) this.wrongs.push(`${name} went back from ${before} to ${after}`);
    }
    this.stored = shown;
  }
}

/** What the workers' code logs. */
function logOf(hears: Witness['hears']) {
  const log = (facts: Record<string, unknown>, message: string) => hears(`says: ${message} ${JSON.stringify(facts)}`);
  return { info: log, warn: log };
}
