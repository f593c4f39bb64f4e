import { RegistriesRepository } from '#persistence/registries.repository.js';
import { WebhookDeliveriesRepository, type DeliveryRow } from '#persistence/webhook-deliveries.repository.js';
import { WebhookQueueRepository } from '#persistence/webhook-queue.repository.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { AddressGuard } from '#webhooks/address-guard.js';
import { Deliverer, type DeliverySettings } from '#webhooks/deliverer.js';
import { DeliveryRecord } from '#webhooks/delivery-record.js';
import { DeliveryRunner } from '#webhooks/delivery-runner.js';
import { makeDelivery, makeNamespace, makeWebhook } from './hooks.js';
import { Receiver } from './receiver.js';
import { TestDatabase } from './test-database.js';

const quiet = { warn: () => undefined };

/** Deliveries over a real database and to a real receiver, without queues and without programs. */
export class DeliveryBench {
  readonly queue: WebhookQueueRepository;
  readonly log: WebhookDeliveriesRepository;
  readonly sealer = new Sealer('a base for tests '.repeat(3));
  receiver!: Receiver;
  namespace!: number;
  private readonly runners: DeliveryRunner[] = [];

  private constructor(readonly database: TestDatabase) {
    this.queue = new WebhookQueueRepository(database.sql);
    this.log = new WebhookDeliveriesRepository(database.sql);
  }

  static async create(): Promise<DeliveryBench> {
    return new DeliveryBench(await TestDatabase.create());
  }

  async reset(): Promise<void> {
    await this.endRunners();
    await this.receiver?.stop();
    await this.database.truncate();
    this.receiver = await Receiver.start();
    const registry = {
      name: 'r',
      hostname: 'registry.test',
      externalHostname: null,
      useSsl: false,
      webhookSecret: null,
    };
    await new RegistriesRepository(this.database.sql).create(registry);
    this.namespace = await makeNamespace(this.database, 'team');
  }

  async close(): Promise<void> {
    await this.endRunners();
    await this.receiver?.stop();
    await this.database.drop();
  }

  private async endRunners(): Promise<void> {
    await Promise.all(this.runners.splice(0).map((runner) => runner.stop()));
  }

  /** As one worker process has it. Unless told otherwise it may reach 127.0.0.1. */
  runner(settings: Partial<DeliverySettings> = {}, allowed = ['127.0.0.1'], sealer = this.sealer): DeliveryRunner {
    const all = { timeoutMs: 5_000, attempts: 3, backoff: 10, source: 'portus.test', ...settings };
    const record = new DeliveryRecord(new Metrics());
    const deliverer = new Deliverer(this.queue, sealer, new AddressGuard(allowed), all, record);
    const runner = new DeliveryRunner(this.queue, deliverer, { concurrency: 4, timeoutMs: all.timeoutMs }, quiet);
    this.runners.push(runner);
    return runner;
  }

  async work(runner = this.runner()): Promise<void> {
    await runner.ring();
    await runner.settled();
  }

  hook(url = this.receiver.url): Promise<number> {
    return makeWebhook(this.database, this.namespace, { url });
  }

  deliver(webhook: number, tag = 'v1'): Promise<string> {
    return makeDelivery(this.database, webhook, tag);
  }

  /** Back-offs, leases and rests end now. */
  async hurry(what: 'attempts' | 'leases' | 'targets'): Promise<void> {
    const statement = {
      attempts: `UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'waiting'`,
      leases: 'UPDATE webhooks SET expires_at = now() WHERE expires_at IS NOT NULL',
      targets: 'UPDATE webhook_targets SET open_until = now() WHERE open_until IS NOT NULL',
    };
    await this.database.sql.query(statement[what]);
  }

  async row(webhook: number, id: string): Promise<DeliveryRow> {
    return (await this.log.find(webhook, id))!;
  }

  /** States of all deliveries, oldest first. */
  async states(): Promise<string[]> {
    const rows = await this.database.sql.query<{ state: string }>('SELECT state FROM webhook_deliveries ORDER BY id');
    return rows.map((row) => row.state);
  }

  /** Tags in the order in which the receiver was told of them. */
  tags(): string[] {
    return this.receiver.received.map(({ body }) => (JSON.parse(body) as { target: { tag: string } }).target.tag);
  }
}
