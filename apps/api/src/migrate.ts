import { DataSource } from 'typeorm';
import { dataSourceOptions } from '#persistence/data-source-options.js';
import { Database } from '#persistence/database.js';
import { migrate } from '#persistence/migrate.js';
import { preflight } from '#persistence/preflight.js';
import { OPTIONS } from '#platform/config/options.js';
import { ConfigurationError, readOption } from '#platform/config/settings.js';
import { migrateQueues } from '#queues/queue-backend.js';

/** For as long as a database that is started at the same time may take, milliseconds. */
const PATIENCE_MS = 60_000;

/** As of the command `portus`: it was looked at, and is not as it should be. */
const EXIT_FOUND = 3;

/**
 * Brings the database to the newest schema; with `--check` it only says whether that can be done. Needs DATABASE_URL, and
 * REDIS_URL to know whether the queues live here too.
 */
try {
  const url = readOption(OPTIONS.databaseUrl, process.env);
  if (url === null) throw new ConfigurationError([`${OPTIONS.databaseUrl.name} is not set`]);
  const settings = { url, poolSize: 2, applicationName: 'portus-migrate' };
  if (process.argv.includes('--check')) await check(settings);
  else await run(settings);
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

async function run(settings: { url: string; poolSize: number; applicationName: string }): Promise<void> {
  const redisUrl = readOption(OPTIONS.redisUrl, process.env);
  const names = await migrate(settings, { milliseconds: PATIENCE_MS, onFailure: tellWaiting });
  if (redisUrl === null) await migrateQueues(settings.url);
  process.stdout.write(`${names.length} migrations were run${names.length > 0 ? `: ${names.join(', ')}` : ''}\n`);
}

async function check(settings: { url: string; poolSize: number; applicationName: string }): Promise<void> {
  const dataSource = await new DataSource(dataSourceOptions(settings)).initialize();
  try {
    const { server, pending, problems, warnings } = await preflight(new Database(dataSource));
    process.stdout.write(`PostgreSQL ${server}; ${pending.length} migrations would be run\n`);
    for (const name of pending) process.stdout.write(`  ${name}\n`);
    for (const warning of warnings) process.stdout.write(`note: ${warning}\n`);
    for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`);
    if (problems.length > 0) process.exitCode = EXIT_FOUND;
  } finally {
    await dataSource.destroy();
  }
}

/** A line for each attempt: at most some twenty. */
function tellWaiting({ message }: Error, pauseMs: number): void {
  process.stderr.write(`the database can not be reached (${message}); next attempt in ${Math.round(pauseMs)} ms\n`);
}
