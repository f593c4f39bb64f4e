import type { Database } from '#persistence/database.js';
import { isMigrated } from '#persistence/migrate.js';
import { openDatabase } from '#persistence/open-database.js';
import { OPTIONS } from '#platform/config/options.js';
import { ConfigurationError, readOption } from '#platform/config/settings.js';
import { CommandFailure, EXIT, type Io } from '../io.js';

/** Runs a command on the database that DATABASE_URL names, and nothing else: it works also where nothing runs. */
export async function withDatabase<T>(io: Io, work: (database: Database) => Promise<T>): Promise<T> {
  return withAnyDatabase(io, async (database) => {
    if (await isMigrated(database)) return work(database);
    throw new CommandFailure('the database is not of this version: run "npm run db:migrate" first', EXIT.unavailable);
  });
}

/** The same whatever its schema is. */
export async function withAnyDatabase<T>(io: Io, work: (database: Database) => Promise<T>): Promise<T> {
  const url = readOption(OPTIONS.databaseUrl, io.env);
  if (url === null) throw new ConfigurationError([`${OPTIONS.databaseUrl.name} is not set`]);
  const { database, close } = await open(url);
  try {
    return await work(database);
  } finally {
    await close();
  }
}

async function open(url: string): ReturnType<typeof openDatabase> {
  try {
    return await openDatabase({ url, poolSize: 2, applicationName: 'portus-command' });
  } catch (error) {
    throw new CommandFailure(`the database can not be reached: ${reasonOf(error)}`, EXIT.unavailable);
  }
}

/** Several addresses that all refuse are one error without a message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
