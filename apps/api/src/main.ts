import { Metrics } from '#platform/metrics/metrics.js';
import { serveMetrics } from '#platform/metrics/metrics-server.js';
import { runProgram } from '#platform/lifecycle/run-program.js';
import { connectQueues } from '#queues/queue-backend.js';
import { warnOfStore } from '#queues/store-errors.js';
import { signingKeyOf } from '#tokens/tokens.module.js';
import { createApi } from './http/create-app.js';

await runProgram('portus-api', async (settings, logger) => {
  const key = signingKeyOf(settings);
  if (key.x5c === null) {
    logger.warn(
      'PORTUS_CERT_PATH is not set: tokens carry a key id only; registry 3.x needs the certificate or a jwks file',
    );
  }
  const queues = connectQueues('producer', settings.redisUrl, settings.databaseUrl, warnOfStore(logger));
  const app = await createApi({ settings, logger, queues, key });
  const metrics = await serveMetrics(settings.metricsPort, settings.host, app.get(Metrics), logger);
  await app.listen(settings.port, settings.host);
  logger.info({ host: settings.host, port: settings.port, queues: queues.kind }, 'portus-api is ready');
  return {
    stop: async () => {
      metrics?.close();
      await app.close();
      await queues.close();
    },
  };
});
