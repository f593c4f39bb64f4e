import type { Database } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

/** Repetitions of one refusal, as they are collected before they are stored. */
export interface NewDenial {
  /** null: anonymous. */
  userId: number | null;
  registryId: number;
  repository: string;
  action: string;
  told: string;
  reason: string;
  firstAt: Date;
  lastAt: Date;
  address: string;
  count: number;
}

export interface DenialRow {
  id: string;
  username: string | null;
  registryHostname: string;
  repository: string;
  action: string;
  told: string;
  reason: string;
  firstAt: Date;
  lastAt: Date;
  address: string;
  count: number;
}

export interface DenialFilter {
  /** undefined: everybody's; null: those of nobody in particular. */
  userId?: number | null | undefined;
  repository?: string | undefined;
  action?: string | undefined;
  reason?: string | undefined;
  /** Whether `reason` is what users were told, or the rule itself. */
  reasonIs: 'told' | 'reason';
}

/** Different refusals of a day that are kept of one user, and of all who are not signed in together. */
export const MAX_OF_USER = 200;
export const MAX_OF_ANONYMOUS = 500;
/** Rows that are kept of one user, and of anonymous ones, over all days. */
const KEPT_OF_USER = 2_000;
const KEPT_OF_ANONYMOUS = 5_000;

const BATCH = `unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
         $8::timestamptz[], $9::text[], $10::int[])
       b (user_id, registry_id, repository, action, told, reason, first_at, last_at, address, count)`;
const COLUMNS = 'user_id, registry_id, repository, action, told, reason, day, first_at, last_at, address, count';

/**
 * Repetitions are added to their row; new rows only as far as the day's bound goes. Who is gone meanwhile is left
 * out. Always in the same order: two replicas that store the same must not wait for each other in a circle.
 */
const store = (same: string, key: string, max: number): string => `
  INSERT INTO denials (${COLUMNS})
  SELECT ${COLUMNS} FROM (
    SELECT b.*, (b.last_at AT TIME ZONE 'UTC')::date AS day,
           row_number() OVER (PARTITION BY b.user_id, known ORDER BY b.first_at) AS place, known, stored
      FROM ${BATCH}
      JOIN registries r ON r.id = b.registry_id
      LEFT JOIN users u ON u.id = b.user_id
      CROSS JOIN LATERAL (
        SELECT count(*) AS stored, coalesce(bool_or((d.registry_id, d.repository, d.action, d.told)
                                           = (b.registry_id, b.repository, b.action, b.told)), false) AS known
          FROM denials d WHERE ${same} AND d.day = (b.last_at AT TIME ZONE 'UTC')::date) s
     WHERE (b.user_id IS NULL) = (u.id IS NULL)) x
   WHERE known OR stored + place <= ${max}
   ORDER BY user_id, registry_id, repository, action, told
  ON CONFLICT ${key} DO UPDATE
     SET count = least(denials.count::bigint + excluded.count, 2147483647), last_at = greatest(denials.last_at, excluded.last_at),
         reason = excluded.reason, address = excluded.address
  RETURNING 1`;

const STORE_OF_USERS = store(
  'd.user_id = b.user_id',
  '(user_id, day, registry_id, repository, action, told) WHERE user_id IS NOT NULL',
  MAX_OF_USER,
);
const STORE_OF_ANONYMOUS = store(
  'd.user_id IS NULL',
  '(day, registry_id, repository, action, told) WHERE user_id IS NULL',
  MAX_OF_ANONYMOUS,
);

const LIST = {
  from: 'denials d',
  id: 'd.id',
  idType: 'bigint',
  sorts: { last_at: { by: 'd.last_at', type: 'timestamptz' } },
  uncounted: true,
  columns: `
    d.id::text, u.username, coalesce(r.external_hostname, r.hostname) AS "registryHostname", d.repository, d.action,
    d.told, d.reason, d.first_at AS "firstAt", d.last_at AS "lastAt", d.address, d.count`,
  rows: 'denials d JOIN registries r ON r.id = d.registry_id LEFT JOIN users u ON u.id = d.user_id',
} as const;

/** Refused requests for tokens, aggregated and bounded. */
export class DenialsRepository {
  constructor(private readonly database: Database) {}

  /** Each refusal at most once in `denials`. Returns how many found no room. */
  async store(denials: readonly NewDenial[]): Promise<number> {
    const ofUsers = denials.filter((one) => one.userId !== null);
    const ofNobody = denials.filter((one) => one.userId === null);
    const stored = (await this.run(STORE_OF_USERS, ofUsers)) + (await this.run(STORE_OF_ANONYMOUS, ofNobody));
    return denials.length - stored;
  }

  private async run(statement: string, denials: readonly NewDenial[]): Promise<number> {
    if (denials.length === 0) return 0;
    const column = <T>(pick: (one: NewDenial) => T) => denials.map(pick);
    const rows = await this.database.query(statement, [
      column((one) => one.userId),
      column((one) => one.registryId),
      column((one) => one.repository),
      column((one) => one.action),
      column((one) => one.told),
      column((one) => one.reason),
      column((one) => one.firstAt),
      column((one) => one.lastAt),
      column((one) => one.address),
      column((one) => one.count),
    ]);
    return rows.length;
  }

  /** What the filter lets through. */
  async page(filter: DenialFilter, page: Page<'last_at'>): Promise<Listed<DenialRow>> {
    const values: unknown[] = [];
    const where = ['TRUE'];
    const equals = (column: string, value: unknown): void => {
      if (value !== undefined) where.push(`d.${column} = $${values.push(value)}`);
    };
    if (filter.userId === null) where.push('d.user_id IS NULL');
    else equals('user_id', filter.userId);
    equals('repository', filter.repository);
    equals('action', filter.action);
    equals(filter.reasonIs, filter.reason);
    return readPage(this.database, { ...LIST, where: where.join(' AND '), values }, page);
  }

  /** Deletes what is older than so many days, and of those who asked lately what goes beyond their share. */
  async purge(days: number, limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM denials WHERE id IN (
         SELECT id FROM denials WHERE last_at < now() - make_interval(days => $1) ORDER BY last_at LIMIT $2)`,
      [days, limit],
    );
    await this.database.query(
      `DELETE FROM denials WHERE id IN (
         SELECT o.id FROM (SELECT DISTINCT user_id FROM denials WHERE last_at > now() - interval '1 day') u,
         LATERAL (SELECT d.id FROM denials d WHERE d.user_id IS NOT DISTINCT FROM u.user_id
                   ORDER BY d.last_at DESC, d.id DESC
                  OFFSET CASE WHEN u.user_id IS NULL THEN ${KEPT_OF_ANONYMOUS} ELSE ${KEPT_OF_USER} END) o
          LIMIT $1)`,
      [limit],
    );
  }
}
