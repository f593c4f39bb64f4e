import type { Database, Sql } from './database.js';
import { unplanAll } from './scan-plans.repository.js';

export interface ScannerRow {
  name: string;
  enabled: boolean;
  demo: boolean;
  version: string | null;
  dataVersion: string | null;
  dataAt: Date | null;
  checkedAt: Date | null;
  problem: string | null;
}

/** What was found out about a scanner; `problem` tells why it can not be used. */
export type ScannerCheck = Pick<ScannerRow, 'version' | 'dataVersion' | 'dataAt'> | { problem: string };

/** Any number; one process at a time tells which scanners there are. */
const LOCK = 7_406_541_230;
const STEP = 5_000;

/** The scanners that workers have, as they tell it: the api has none itself. */
export class ScannersRepository {
  constructor(private readonly database: Database) {}

  /** What the worker that started last is configured to use; all others are used no more. */
  async announce(scanners: readonly { name: string; demo: boolean }[]): Promise<void> {
    await this.database.transaction(async (sql) => {
      await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const names = scanners.map((scanner) => scanner.name);
      await sql.query(
        'UPDATE scanners SET enabled = false, backfilled = false, problem = NULL WHERE enabled AND name <> ALL($1)',
        [names],
      );
      await sql.query(
        `INSERT INTO scanners (name, enabled, demo) SELECT n, true, d FROM unnest($1::text[], $2::bool[]) AS w(n, d)
         ON CONFLICT (name) DO UPDATE SET enabled = true, demo = excluded.demo,
                enabled_at = CASE WHEN scanners.enabled THEN scanners.enabled_at ELSE now() END`,
        [names, scanners.map((scanner) => scanner.demo)],
      );
    });
  }

  /** Gives what is known already to scanners that are new. It may be cut short at any time: it is done again then. */
  async backfill(): Promise<void> {
    const waiting = await this.database.query<{ name: string }>(
      'SELECT name FROM scanners WHERE enabled AND NOT backfilled ORDER BY name',
    );
    if (waiting.length === 0) return;
    await unplanAll(this.database, STEP);
    const names = waiting.map((row) => row.name);
    await this.database.query('UPDATE scanners SET backfilled = true WHERE enabled AND name = ANY($1)', [names]);
  }

  async check(name: string, check: ScannerCheck): Promise<void> {
    if ('problem' in check) {
      await this.database.query('UPDATE scanners SET problem = left($2, 1000) WHERE name = $1', [name, check.problem]);
      return;
    }
    await this.database.query(
      `UPDATE scanners SET version = $2, data_version = $3, data_at = $4, checked_at = now(), problem = NULL WHERE name = $1`,
      [name, check.version, check.dataVersion, check.dataAt],
    );
  }

  /** Leaves a scanner alone for a while: it is away, whatever is asked of it. */
  async pause(name: string, problem: string, seconds: number): Promise<void> {
    await this.database.query(
      `UPDATE scanners SET problem = left($2, 1000), paused_until = now() + make_interval(secs => $3) WHERE name = $1`,
      [name, problem, seconds],
    );
  }

  /** Asks all scanners that are used for new scans of everything; workers make them wait, step by step. */
  async askForAll(sql: Sql): Promise<void> {
    await sql.query('UPDATE scanners SET asked_at = now() WHERE enabled');
  }

  /** All that are used, by name. */
  async enabled(): Promise<ScannerRow[]> {
    return this.database.query<ScannerRow & Record<string, unknown>>(
      `SELECT name, enabled, demo, version, data_version AS "dataVersion", data_at AS "dataAt", checked_at AS "checkedAt", problem
         FROM scanners WHERE enabled ORDER BY name`,
    );
  }
}
