import { migrate } from '#persistence/migrate.js';
import { migrateQueues } from '#queues/queue-backend.js';

/** Brings the database to the newest schema. Needs DATABASE_URL, and REDIS_URL to know whether the queues live here too. */
const url = process.env['DATABASE_URL'];
if (!url) {
  process.stderr.write('DATABASE_URL is not set\n');
  process.exit(78);
}
try {
  const names = await migrate({ url, poolSize: 2, applicationName: 'portus-migrate' });
  if (!process.env['REDIS_URL']) await migrateQueues(url);
  process.stdout.write(`${names.length} migrations were run${names.length > 0 ? `: ${names.join(', ')}` : ''}\n`);
} catch (error) {
  process.stderr.write(
    `migration failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}
