import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Queue, Worker } from 'bullmq';
import { expect } from 'vitest';
import { JOBS, QUEUES, type QueueName } from '#domain/jobs/jobs.js';
import { loadSettings, type Settings } from '#platform/config/settings.js';
import { createLogger } from '#platform/logging/logger.js';
import { Doorbell } from '#queues/doorbell.js';
import { connectQueues, type QueueConnections } from '#queues/queue-backend.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { WorkerModule } from '../../apps/worker/src/worker.module.js';
import type { CatalogBench } from './catalog-bench.js';
import { until } from './until.js';

const QUEUE: QueueName = 'registry-events';

/** Workers and bells in this process, over a real store of the queues that the settings name. */
export class QueueHouse {
  private workers: { app: INestApplicationContext; queues: QueueConnections }[] = [];

  /** @param place the variables that say where the queues live; none: in PostgreSQL */
  constructor(
    readonly bench: CatalogBench,
    private readonly place: Record<string, string>,
  ) {}

  connect(role: 'producer' | 'consumer'): QueueConnections {
    return connectQueues(role, this.settings({}), () => undefined);
  }

  /** A bell, and two workers that count who heard it. */
  bell(): { ring: () => Promise<boolean>; heard: () => number; failures: string[]; end: () => Promise<void> } {
    const producer = this.connect('producer');
    const consumers = [this.connect('consumer'), this.connect('consumer')];
    const queues = QUEUES.map((name) => [name, new Queue(name, of(producer)).on('error', () => undefined)] as const);
    const failures: string[] = [];
    const bell = new Doorbell(Object.fromEntries(queues) as Record<QueueName, Queue>, (_, error) =>
      failures.push(error.message),
    );
    let heard = 0;
    const hear = async (job: { data: unknown }): Promise<void> => {
      JOBS[QUEUE].payload.parse(job.data);
      heard++;
    };
    const workers = consumers.map((consumer) => new Worker(QUEUE, hear, of(consumer)).on('error', () => undefined));
    const end = async (): Promise<void> => {
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all(queues.map(([, queue]) => queue.close()));
      await Promise.all([producer, ...consumers].map((connections) => connections.close()));
    };
    return { ring: () => bell.tryRing(QUEUE), heard: () => heard, failures, end };
  }

  /** Two workers of ours. */
  async begin(env: Record<string, string> = {}): Promise<void> {
    this.workers = await Promise.all([1, 2].map(() => this.startWorker(env)));
  }

  async end(): Promise<void> {
    for (const { app, queues } of this.workers.splice(0)) {
      await app.close();
      await queues.close();
    }
  }

  private async startWorker(env: Record<string, string>) {
    const settings = this.settings(env);
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: 'portus.test' });
    const keys = { signing: loadSigningKey(keyPem, certificatePem, new Date()), published: [], warnings: [] };
    const queues = connectQueues('consumer', settings, () => undefined);
    const parts = { settings, logger: createLogger('portus-worker', 'fatal'), queues, keys };
    const app = await NestFactory.createApplicationContext(WorkerModule.register(parts), { logger: false });
    return { app, queues };
  }

  private settings(env: Record<string, string>): Settings {
    return loadSettings({
      DATABASE_URL: this.bench.database.url,
      PORTUS_KEY_PATH: '/nowhere',
      PORTUS_SECRET_KEY_BASE: 'x'.repeat(32),
      PORTUS_PASSWORD: 'a password for tests',
      PORTUS_BACKGROUND_SYNC_ENABLED: 'false',
      ...this.place,
      ...env,
    }).settings;
  }
}

const of = ({ connection, prefix }: QueueConnections) => ({ connection, ...(prefix === null ? {} : { prefix }) });

/** Rings until somebody hears it: rings close to each other are one. */
export async function untilHeard(bell: ReturnType<QueueHouse['bell']>, timeoutMs = 20_000): Promise<void> {
  const before = bell.heard();
  await until('a worker hears the bell', async () => (await bell.ring(), bell.heard() > before), { timeoutMs });
}

/** Waits until no notification waits and the catalog equals the fake registry. */
export async function untilEqual(bench: CatalogBench): Promise<void> {
  const isEqual = async () => {
    expect(await bench.stored()).toEqual(bench.held());
    return (await bench.eventStates()).every((state) => state === 'done');
  };
  await until('the catalog equals the registry', isEqual, { timeoutMs: 30_000, everyMs: 100 });
}
