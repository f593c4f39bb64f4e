import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Database } from '#persistence/database.js';
import { runProgram } from '#platform/lifecycle/run-program.js';
import { NestLogger } from '#platform/logging/nest-logger.js';
import { connectQueues } from '#queues/queue-backend.js';
import { signingKeyOf } from '#tokens/tokens.module.js';
import { serveHealth } from './health/health-server.js';
import { WorkerModule } from './worker.module.js';

await runProgram('portus-worker', async (settings, logger) => {
  const key = signingKeyOf(settings);
  const queues = connectQueues('consumer', settings.redisUrl, settings.databaseUrl, (error) =>
    logger.debug({ error: error.message }, 'queue store'),
  );
  const app = await NestFactory.createApplicationContext(WorkerModule.register({ settings, logger, queues, key }), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const health = await serveHealth(settings.workerPort, settings.host, app.get(Database));
  logger.info({ queues: queues.kind, strategy: settings.syncStrategy }, 'portus-worker is ready');
  return {
    stop: async () => {
      health?.close();
      await app.close();
      await queues.close();
    },
  };
});
