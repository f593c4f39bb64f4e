import { type Degraded, DownError } from '#platform/health/check-health.js';
import type { Database } from './database.js';
import { schemaState } from './migrate.js';

/** Whether the database answers at all; the sentence is Portus's. Throws DownError. */
export async function checkConnection(database: Database): Promise<string> {
  if (!(await database.answers())) throw new DownError('cannot connect to database');
  return 'database is up-to-date';
}

/**
 * Whether it answers, and has the schema that this program knows. While an upgrade goes on, that may be a newer one.
 * Throws DownError.
 */
export async function checkDatabase(database: Database): Promise<string | Degraded> {
  const fine = await checkConnection(database);
  const { missing, unknown } = await schemaState(database);
  if (missing.length > 0) throw new DownError(`database lacks ${missing.length} migrations (npm run db:migrate)`);
  if (unknown.length === 0) return fine;
  return { degraded: `the schema of the database is of a newer Portus: ${unknown.length} migrations are unknown here` };
}
