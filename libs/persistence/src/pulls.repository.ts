import type { Database } from './database.js';

/** Pulls of a tag on a day (UTC, `YYYY-MM-DD`). */
export interface PullDay {
  day: string;
  pulls: number;
}

/** Repetitions of a notification come within this time, and so does the HEAD of a GET. Seconds. */
const SETTLE_SECONDS = 5;
/** How long a HEAD may bind the GETs by digest behind it. */
const HEAD_LIFE = '2 minutes';
/** Any number; one folds at a time. */
const LOCK = 7_406_541_205;
const LOCK_NOT_AVAILABLE = '55P03';
/** Days of one answer. */
const MAX_DAYS = 1_000;

/** Counts noted pulls by tag and day, and turns them into "last pulled". */
export class PullsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Folds up to `limit` noted pulls and forgets them; returns how many there were. A pull by tag belongs to that tag. One
   * by digest belongs to the tag for which the same client had got that digest by a HEAD, as docker does. Any other one by
   * digest is "last pulled" of all tags of the digest, but counts only where nothing else can be meant: one tag has it,
   * and it is no part of an index.
   */
  async fold(limit: number, settleSeconds: number = SETTLE_SECONDS): Promise<number> {
    try {
      return await this.database.transaction(async (sql) => {
        // Rather later than in the way of those who write tags.
        await sql.query(`SET LOCAL lock_timeout = '500ms'`);
        const [alone] = await sql.query<{ ok: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS ok', [LOCK]);
        if (!alone?.ok) return 0;
        const [row] = await sql.query<{ n: number }>(FOLD, [limit, settleSeconds]);
        await sql.query(FORGET_HEADS, [limit, settleSeconds]);
        return row?.n ?? 0;
      });
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      return 0;
    }
  }

  /** The days on which a tag was pulled, oldest first; both ends included. */
  async days(repositoryId: number, tag: string, from: string, to: string): Promise<PullDay[]> {
    return this.database.query<PullDay & Record<string, unknown>>(
      `SELECT to_char(day, 'YYYY-MM-DD') AS day, pulls FROM pull_counts
        WHERE repository_id = $1 AND tag = $2 AND day BETWEEN $3::date AND $4::date ORDER BY pull_counts.day LIMIT ${MAX_DAYS}`,
      [repositoryId, tag, from, to],
    );
  }

  /** Deletes days older than so many, a bounded number of rows at a time. */
  async purge(days: number, limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM pull_counts WHERE (repository_id, tag, day) IN (
         SELECT repository_id, tag, day FROM pull_counts WHERE day < current_date - $1::int ORDER BY day LIMIT $2)`,
      [days, limit],
    );
  }
}

const FOLD = `
  WITH taken AS (
    DELETE FROM pull_events WHERE id IN (
      SELECT id FROM pull_events WHERE method = 'GET' AND received_at <= now() - make_interval(secs => $2)
       ORDER BY id LIMIT $1)
    RETURNING registry_id, event_id, repository, tag, digest, client, pulled_at),
  once AS (SELECT DISTINCT ON (registry_id, event_id) * FROM taken ORDER BY registry_id, event_id),
  heads AS (
    SELECT DISTINCT ON (registry_id, repository, digest, client) registry_id, repository, digest, client, tag
      FROM pull_events WHERE method = 'HEAD' AND tag IS NOT NULL AND digest IS NOT NULL
     ORDER BY registry_id, repository, digest, client, pulled_at DESC, id DESC),
  named AS (
    SELECT r.id AS repository_id, coalesce(o.tag, h.tag) AS tag, o.digest, o.pulled_at
      FROM once o JOIN repositories r ON r.registry_id = o.registry_id AND r.full_name = o.repository
      LEFT JOIN heads h ON o.tag IS NULL AND h.registry_id = o.registry_id AND h.repository = o.repository
                       AND h.digest = o.digest AND h.client = o.client),
  pulled AS (
    SELECT g.id, g.repository_id, g.name, n.pulled_at, true AS counts
      FROM named n JOIN tags g ON g.repository_id = n.repository_id AND g.name = n.tag
    UNION ALL
    SELECT g.id, g.repository_id, g.name, n.pulled_at,
           NOT EXISTS (SELECT FROM tags o WHERE o.manifest_id = m.id AND o.id <> g.id)
           AND NOT EXISTS (SELECT FROM manifest_children c JOIN manifests p ON p.id = c.parent_id
                            WHERE c.digest = m.digest AND p.repository_id = m.repository_id)
      FROM named n JOIN manifests m ON m.repository_id = n.repository_id AND m.digest = n.digest
      JOIN tags g ON g.manifest_id = m.id
     WHERE n.tag IS NULL),
  counted AS (
    INSERT INTO pull_counts AS c (repository_id, tag, day, pulls)
    SELECT repository_id, name, (pulled_at AT TIME ZONE 'UTC')::date, count(*) FROM pulled WHERE counts GROUP BY 1, 2, 3
    ON CONFLICT (repository_id, tag, day) DO UPDATE SET pulls = c.pulls + excluded.pulls),
  noted AS (
    UPDATE tags SET pulled_at = greatest(tags.pulled_at, l.at), pull_count = tags.pull_count + l.n
      FROM (SELECT id, max(pulled_at) AS at, count(*) FILTER (WHERE counts) AS n FROM pulled GROUP BY id) l
     WHERE tags.id = l.id),
  summed AS (
    UPDATE repositories r SET pulled_at = greatest(r.pulled_at, l.at), pull_count = r.pull_count + l.n
      FROM (SELECT repository_id, max(pulled_at) AS at, count(*) FILTER (WHERE counts) AS n FROM pulled GROUP BY 1) l
     WHERE r.id = l.repository_id)
  SELECT count(*)::int AS n FROM taken`;

const FORGET_HEADS = `
  DELETE FROM pull_events WHERE id IN (
    SELECT id FROM pull_events
     WHERE method = 'HEAD' AND received_at < now() - interval '${HEAD_LIFE}' - make_interval(secs => $2)
     ORDER BY id LIMIT $1)`;
