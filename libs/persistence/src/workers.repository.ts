import type { BackgroundTask } from '#domain/worker/background-tasks.js';
import type { Database } from './database.js';

/** Seconds for which a worker counts as alive after it was last heard of: four of its beats. */
const LIVE_SECONDS = 20;
/** Minutes for which others are remembered. One that is started anew all the time makes a row each time. */
const KEPT_MINUTES = 10;
const MAX_SEEN = 1_000;

/** What a worker tells of itself. */
export interface WorkerFacts {
  id: string;
  name: string;
  version: string;
  tasks: readonly BackgroundTask[];
}

/** The workers as they are known. */
export interface WorkersSight {
  /** Those that are alive, by what they do. */
  live: { tasks: BackgroundTask[] }[];
  /** When any was heard of; null: none ever was. */
  lastSeenAt: Date | null;
}

/** Which workers there are. A few rows: whoever is alive deletes those of the dead. */
export class WorkersRepository {
  constructor(private readonly database: Database) {}

  /** Tells that a worker is alive. */
  async beat({ id, name, version, tasks }: WorkerFacts): Promise<void> {
    await this.database.query(
      `WITH gone AS (DELETE FROM workers WHERE seen_at < now() - make_interval(mins => $5) AND id <> $1)
       INSERT INTO workers (id, name, version, tasks) VALUES ($1, left($2, 255), left($3, 64), $4)
       ON CONFLICT (id) DO UPDATE SET seen_at = now(), tasks = excluded.tasks, stopped_at = NULL`,
      [id, name, version, tasks, KEPT_MINUTES],
    );
  }

  /** Tells that it ends, so that nobody has to wait for its silence. */
  async stop(id: string): Promise<void> {
    await this.database.query('UPDATE workers SET seen_at = now(), stopped_at = now() WHERE id = $1', [id]);
  }

  async sight(): Promise<WorkersSight> {
    const rows = await this.database.query<{ tasks: BackgroundTask[]; seenAt: Date; live: boolean }>(
      `SELECT tasks, seen_at AS "seenAt", stopped_at IS NULL AND seen_at > now() - make_interval(secs => $1) AS live
         FROM workers ORDER BY seen_at DESC LIMIT $2`,
      [LIVE_SECONDS, MAX_SEEN],
    );
    return { live: rows.filter(({ live }) => live), lastSeenAt: rows[0]?.seenAt ?? null };
  }
}
