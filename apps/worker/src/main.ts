import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { atMost } from '#platform/lifecycle/at-most.js';
import { runProgram } from '#platform/lifecycle/run-program.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { serveMetrics } from '#platform/metrics/metrics-server.js';
import { NestLogger } from '#platform/logging/nest-logger.js';
import { startTracing } from '#platform/tracing/start-tracing.js';
import { connectQueues } from '#queues/queue-backend.js';
import { warnOfStore } from '#queues/store-errors.js';
import { keyProblems, loadKeyRing } from '#tokens/key-ring.js';
import { serveHealth } from './health/health-server.js';
import { WorkerHealth } from './health/worker-health.js';
import { WorkerModule } from './worker.module.js';

/** Milliseconds for the connections to be closed in order. */
const PARTING_MS = 3_000;

await runProgram('portus-worker', keyProblems, async (settings, logger) => {
  const stopTracing = await startTracing('portus-worker', logger);
  const keys = loadKeyRing(settings, new Date());
  const queues = connectQueues('consumer', settings, warnOfStore(logger));
  let atWork: WorkerHealth | null = null;
  // At once: a probe must not end a process that waits for its database.
  const health = await serveHealth(settings.workerPort, settings.host, () => atWork, logger);
  const app = await NestFactory.createApplicationContext(WorkerModule.register({ settings, logger, queues, keys }), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  atWork = app.get(WorkerHealth);
  const metrics = await serveMetrics(settings.metricsPort, settings.host, app.get(Metrics), logger);
  logger.info({ queues: queues.place, strategy: settings.syncStrategy }, 'portus-worker is ready');
  return {
    stop: async () => {
      health?.close();
      metrics?.close();
      await app.get(WorkerModule).finish();
      // Nothing is under way any more, so a queue store that does not answer our goodbye is not worth a failure.
      const parted = await atMost(
        PARTING_MS,
        app.close().then(() => queues.close()),
      );
      if (!parted) logger.warn('the stores did not answer in time; leaving without a goodbye');
      await stopTracing();
    },
  };
});
