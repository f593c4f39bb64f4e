import type { Database } from './database.js';
import { NewerSchemaError, schemaState } from './migrate.js';

const RETRY_MS = 1_000;

/** What is needed of a logger. */
interface Warner {
  warn(message: string): void;
}

/**
 * Waits until the schema has every migration that this program knows, as long as it takes.
 *
 * @param acceptNewer whether to go on where a newer Portus has migrated: its schema may be more than we know
 * @throws {NewerSchemaError} where that is not accepted: we would write what it takes for wrong
 */
export async function awaitSchema(
  database: Database,
  logger: Warner,
  acceptNewer: boolean,
  retryMs = RETRY_MS,
): Promise<void> {
  for (;;) {
    const state = await schemaState(database).catch(() => null);
    if (state !== null && state.unknown.length > 0) {
      const newer = new NewerSchemaError(state.unknown);
      if (!acceptNewer) throw newer;
      logger.warn(newer.message);
    }
    if (state !== null && state.missing.length === 0) return;
    logger.warn('the database is not migrated yet; waiting (npm run db:migrate)');
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
