import { setTimeout as delay } from 'node:timers/promises';
import { Draining } from '#platform/lifecycle/draining.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { serveMetrics } from '#platform/metrics/metrics-server.js';
import { runProgram } from '#platform/lifecycle/run-program.js';
import { startTracing } from '#platform/tracing/start-tracing.js';
import { connectQueues } from '#queues/queue-backend.js';
import { warnOfStore } from '#queues/store-errors.js';
import { keyProblems, loadKeyRing } from '#tokens/key-ring.js';
import { createApi } from './http/create-app.js';

await runProgram('portus-api', keyProblems, async (settings, logger) => {
  const stopTracing = await startTracing('portus-api', logger);
  const keys = loadKeyRing(settings, new Date());
  for (const warning of keys.warnings) logger.warn(warning);
  const queues = connectQueues('producer', settings, warnOfStore(logger));
  const app = await createApi({ settings, logger, queues, keys });
  const metrics = await serveMetrics(settings.metricsPort, settings.host, app.get(Metrics), logger);
  await app.listen(settings.port, settings.host);
  logger.info({ host: settings.host, port: settings.port, queues: queues.place }, 'portus-api is ready');
  return {
    stop: async () => {
      app.get(Draining).begin();
      await delay(settings.drainSeconds * 1_000);
      metrics?.close();
      await app.close();
      await queues.close();
      await stopTracing();
    },
  };
});
