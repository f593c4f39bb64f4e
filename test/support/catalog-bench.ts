import { type Busy, ConfigDrain } from '#catalog/config-drain.js';
import { EventDrain } from '#catalog/event-drain.js';
import { ReconcileRecord } from '#catalog/reconcile-record.js';
import { makeSyncRunner, type SyncSettings } from '#catalog/make-sync-runner.js';
import { Reconciler } from '#catalog/reconciler.js';
import { RegistryClocks } from '#catalog/registry-clocks.js';
import { RegistryClients, type RegistryClientSettings, SERVICE_ACCOUNT } from '#catalog/registry-clients.js';
import { SyncRequests } from '#catalog/sync-requests.js';
import type { SyncRunner } from '#catalog/sync-runner.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { SyncMode, SyncStrategy } from '#domain/sync/strategy.js';
import type { SyncState } from '#domain/sync/sync-run.entity.js';
import { ClocksRepository } from '#persistence/clocks.repository.js';
import { CatalogRepository } from '#persistence/catalog.repository.js';
import { ConfigsRepository } from '#persistence/configs.repository.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { LeaseRepository } from '#persistence/lease.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { RemovedTagsRepository } from '#persistence/removed-tags.repository.js';
import { SyncBatchesRepository } from '#persistence/sync-batches.repository.js';
import { SyncDifferencesRepository } from '#persistence/sync-differences.repository.js';
import { SyncPlansRepository } from '#persistence/sync-plans.repository.js';
import { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { TokenSigner } from '#tokens/token-signer.js';
import { parseEnvelope } from '../../apps/api/src/webhooks/parse-envelope.js';
import { type EventEnvelope, FakeRegistry, type FakeRegistryOptions } from '../fakes/registry.js';
import { TestDatabase } from './test-database.js';

export interface RunRow {
  id: number;
  slot: string;
  state: SyncState;
  outcome: string;
  listed: number;
  done: number;
  failed: number;
  missing: number;
  planned: number;
  open: number;
  changes: Record<string, number>;
}

const quiet = { info: () => undefined, warn: () => undefined };

/** The catalog's use cases over a real database and the fake registry, without queues and without programs. */
export class CatalogBench {
  readonly inbox: InboxRepository;
  readonly leases: LeaseRepository;
  readonly catalog: CatalogRepository;
  readonly registries: RegistriesRepository;
  readonly runs: SyncRunsRepository;
  readonly batches: SyncBatchesRepository;
  readonly plans: SyncPlansRepository;
  readonly differences: SyncDifferencesRepository;
  readonly removed: RemovedTagsRepository;
  readonly clients: RegistryClients;
  /** What reconciling counted. */
  readonly metrics = new Metrics();
  private readonly record = new ReconcileRecord(this.metrics);
  readonly requests: SyncRequests;
  /** Notifications that the registry made and that nobody has delivered yet. */
  readonly undelivered: EventEnvelope[] = [];
  registry!: Registry;
  fake!: FakeRegistry;
  private slots = 0;
  private registriesMade = 0;

  private constructor(
    readonly database: TestDatabase,
    private readonly signer: TokenSigner,
    clients: Partial<RegistryClientSettings>,
  ) {
    const { sql } = database;
    this.inbox = new InboxRepository(sql);
    this.leases = new LeaseRepository(sql);
    this.catalog = new CatalogRepository(sql);
    this.registries = new RegistriesRepository(sql);
    this.runs = new SyncRunsRepository(sql);
    this.batches = new SyncBatchesRepository(sql);
    this.plans = new SyncPlansRepository(sql);
    this.differences = new SyncDifferencesRepository(sql);
    this.removed = new RemovedTagsRepository(sql);
    const limits = { connectTimeoutMs: 2_000, readTimeoutMs: 10_000, pageSize: 10, maxConnections: 8, ...clients };
    this.clients = new RegistryClients(signer, limits, new RegistryClocks(new ClocksRepository(sql), quiet));
    this.requests = new SyncRequests(this.runs, this.registries);
  }

  /** `clients`: how long, and how often, registries are asked. */
  static async create(clients: Partial<RegistryClientSettings> = {}): Promise<CatalogBench> {
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: 'portus.test' });
    const signer = new TokenSigner(loadSigningKey(keyPem, certificatePem, new Date()), 'portus.test');
    return new CatalogBench(await TestDatabase.create(), signer, clients);
  }

  /** The same registry over another database, in which it is known already. */
  async over(database: TestDatabase): Promise<CatalogBench> {
    const other = new CatalogBench(database, this.signer, {});
    other.fake = this.fake;
    other.registry = (await other.registries.all())[0]!;
    return other;
  }

  /** An empty database and a new, empty registry. */
  async reset(options: Omit<FakeRegistryOptions, 'onEvent'> = {}): Promise<void> {
    await this.fake?.stop();
    await this.database.truncate();
    this.undelivered.length = 0;
    this.fake = new FakeRegistry({ ...options, onEvent: (envelope) => this.undelivered.push(envelope) });
    await this.fake.start();
    this.registry = await this.addRegistry(this.fake.hostPort);
  }

  /** Makes a further registry known; nobody need listen there. */
  async addRegistry(hostname: string): Promise<Registry> {
    const name = `registry ${this.registriesMade++}`;
    return this.registries.create({ name, hostname, externalHostname: null, useSsl: false, webhookSecret: null });
  }

  async close(): Promise<void> {
    await this.clients.close();
    await this.fake?.stop();
    await this.database.drop();
  }

  /** Puts notifications into the inbox, as the api's door does. */
  async deliver(envelopes: EventEnvelope[] = this.undelivered.splice(0)): Promise<void> {
    for (const envelope of envelopes) {
      const parsed = parseEnvelope(Buffer.from(JSON.stringify(envelope)), false, SERVICE_ACCOUNT);
      await this.inbox.store(this.registry.id, parsed.events);
    }
  }

  /** One reconciler, as every worker process has its own. */
  reconciler(adopter: string | null = null, more: { mostManifests?: number; mostNames?: number } = {}): Reconciler {
    const { leases, inbox, catalog, clients, record } = this;
    return new Reconciler(this.database.sql, leases, inbox, catalog, clients, { record, adopter, ...more });
  }

  drain(reconciler: Reconciler = this.reconciler()): EventDrain {
    return new EventDrain(this.inbox, this.registries, reconciler, quiet);
  }

  /** Reads the configurations of images that are stored. */
  configs(catalog: Busy = { isReading: false }, readMs?: number): ConfigDrain {
    const configs = new ConfigsRepository(this.database.sql);
    return new ConfigDrain(configs, this.registries, this.clients, catalog, quiet, readMs);
  }

  /** Delivers what is undelivered, works the inbox off once, and completes the images that it brought. */
  async handleEvents(): Promise<void> {
    await this.deliver();
    await this.drain().ring();
    await this.configs().ring();
  }

  runner(settings: Partial<SyncSettings> = {}): SyncRunner {
    const all = { confirmationSeconds: 0, deepRate: null, share: 0.1, minimum: 20, ...settings };
    return makeSyncRunner({ ...this.parts(), reconciler: this.reconciler() }, all, quiet);
  }

  private parts() {
    const { runs, batches, plans, removed, registries, clients } = this;
    return { runs, batches, plans, removed, registries, clients };
  }

  /** Asks for one run, works it off, and returns how it ended. */
  async sync(mode: SyncMode, strategy: SyncStrategy, settings: Partial<SyncSettings> = {}): Promise<RunRow> {
    await this.runs.request(this.registry.id, `${mode}:${this.slots++}`, mode, strategy);
    await this.runner(settings).ring();
    return this.lastRun();
  }

  async lastRun(): Promise<RunRow> {
    const [run] = await this.runs.latest(this.registry.id, 1);
    return run as unknown as RunRow;
  }

  /** Backoffs end now. */
  async hurry(): Promise<void> {
    await this.database.sql.query('UPDATE registry_events SET next_attempt_at = now()');
  }

  /** What is stored: repository → tag → digest, of repositories that have tags. */
  async stored(registry: Pick<Registry, 'id'> = this.registry): Promise<Record<string, Record<string, string>>> {
    const rows = await this.database.sql.query<{ repository: string; tag: string; digest: string }>(
      `SELECT r.full_name AS repository, t.name AS tag, m.digest
         FROM tags t JOIN manifests m ON m.id = t.manifest_id JOIN repositories r ON r.id = t.repository_id
        WHERE r.registry_id = $1`,
      [registry.id],
    );
    return nested(rows);
  }

  /** What the registry holds, in the same form. */
  held(): Record<string, Record<string, string>> {
    const rows = [...this.fake.snapshot()].flatMap(([repository, tags]) =>
      [...tags].map(([tag, digest]) => ({ repository, tag, digest })),
    );
    return nested(rows);
  }

  /** States of the inbox's events, oldest first. */
  async eventStates(): Promise<string[]> {
    const rows = await this.database.sql.query<{ state: string }>('SELECT state FROM registry_events ORDER BY id');
    return rows.map((row) => row.state);
  }
}

function nested(rows: { repository: string; tag: string; digest: string }[]): Record<string, Record<string, string>> {
  const result: Record<string, Record<string, string>> = {};
  for (const { repository, tag, digest } of rows) (result[repository] ??= {})[tag] = digest;
  return result;
}
