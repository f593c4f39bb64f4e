import type { Database } from './database.js';

/** A clock that is off by more than this (three weeks) is simply wrong, milliseconds; the column could not hold it. */
const MOST_MS = 2_000_000_000;

/** Clocks of registries, as any process measured them last. */
export class ClocksRepository {
  constructor(private readonly database: Database) {}

  /** Keeps how far a registry's clock is ahead of ours, and with it how far the database's is at this moment. */
  async note(registryId: number, aheadMs: number): Promise<void> {
    await this.database.query(
      `UPDATE registries SET clock_ahead_ms = $2, clock_measured_at = clock_timestamp(),
              clock_database_ahead_ms =
                greatest(-$4::float, least($4::float, extract(epoch FROM clock_timestamp())::float * 1000 - $3::float))::int
        WHERE id = $1`,
      [registryId, Math.round(Math.max(-MOST_MS, Math.min(MOST_MS, aheadMs))), Date.now(), MOST_MS],
    );
  }

  /** How far the database's clock is ahead of ours; the way to it and back is taken for equally long. */
  async databaseAheadMs(): Promise<number> {
    const sentAt = Date.now();
    const [row] = await this.database.query<{ at: number }>(
      'SELECT extract(epoch FROM clock_timestamp())::float * 1000 AS at',
    );
    return Math.round(row!.at - (sentAt + Date.now()) / 2);
  }
}
