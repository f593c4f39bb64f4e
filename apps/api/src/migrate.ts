import { migrate } from '#persistence/migrate.js';
import { OPTIONS } from '#platform/config/options.js';
import { ConfigurationError, readOption } from '#platform/config/settings.js';
import { migrateQueues } from '#queues/queue-backend.js';

/** Brings the database to the newest schema. Needs DATABASE_URL, and REDIS_URL to know whether the queues live here too. */
try {
  const url = readOption(OPTIONS.databaseUrl, process.env);
  if (url === null) throw new ConfigurationError([`${OPTIONS.databaseUrl.name} is not set`]);
  const redisUrl = readOption(OPTIONS.redisUrl, process.env);
  const names = await migrate({ url, poolSize: 2, applicationName: 'portus-migrate' });
  if (redisUrl === null) await migrateQueues(url);
  process.stdout.write(`${names.length} migrations were run${names.length > 0 ? `: ${names.join(', ')}` : ''}\n`);
} catch (error) {
  if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
  process.stderr.write(
    `migration failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}
