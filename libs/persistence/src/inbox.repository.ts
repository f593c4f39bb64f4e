import type { Database, Prepared, Sql } from './database.js';
import { Gather } from './gather.js';
import { type Intake, type NewEvent, storeEvents } from './store-events.js';

export type { NewEvent } from './store-events.js';

/** Somebody fetched a manifest (GET), or asked by tag which digest it has (HEAD). */
export interface NewPull {
  eventId: string;
  method: 'GET' | 'HEAD';
  repository: string;
  tag: string | null;
  digest: string | null;
  /** Tells one asker from another. */
  client: string;
  /** null: now. What lies in the future is taken for now. */
  pulledAt: Date | null;
}

export interface WaitingEvent {
  id: string;
  action: string;
  tag: string | null;
  digest: string | null;
  actor: string | null;
  attempts: number;
}

/** Nobody needs to know exactly how many wait beyond this, and counting goes on for every one of them. */
const COUNTED = 100_000;

export interface InboxBacklog {
  waiting: number;
  oldestSeconds: number;
  /** That many were counted, and there are more; one of those may be older. */
  more: boolean;
}

/** How a backlog is told to people. */
export function tellBacklog({ waiting, oldestSeconds, more }: InboxBacklog): string {
  if (waiting === 0) return 'no notification waits';
  const atLeast = more ? 'at least ' : '';
  return `${atLeast}${waiting} notifications wait, the oldest for ${atLeast}${Math.round(oldestSeconds)} s`;
}

/** A repository that has waiting events. */
export interface Waiting {
  registryId: number;
  repository: string;
}

const INSERT_PULLS: Prepared = {
  name: 'inbox_insert_pulls',
  text: `
    INSERT INTO pull_events (registry_id, event_id, method, repository, tag, digest, client, pulled_at)
    SELECT $1, e.id, e.method, e.repository, e.tag, e.digest, e.client, least(coalesce(e.at, now()), now())
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
           AS e(id, method, repository, tag, digest, client, at)`,
};

/** Walks the distinct repositories of one registry in the waiting index, after a given one, without reading their events. */
const CANDIDATES = `
  WITH RECURSIVE waiting AS (
    (SELECT e.registry_id, e.repository FROM registry_events e
      WHERE e.state IN ('received', 'failed') AND e.registry_id = $1::int AND e.repository > $2::text
      ORDER BY e.registry_id, e.repository LIMIT 1)
    UNION ALL
    SELECT next.registry_id, next.repository FROM waiting w, LATERAL (
      SELECT e.registry_id, e.repository FROM registry_events e
       WHERE e.state IN ('received', 'failed') AND e.registry_id = w.registry_id AND e.repository > w.repository
       ORDER BY e.registry_id, e.repository LIMIT 1) next)
  SELECT w.registry_id AS "registryId", w.repository,
         (l.expires_at IS NULL OR l.expires_at < now())
         AND EXISTS (SELECT FROM registry_events e WHERE e.state IN ('received', 'failed') AND e.next_attempt_at <= now()
                        AND e.registry_id = w.registry_id AND e.repository = w.repository) AS due
    FROM (SELECT * FROM waiting LIMIT $3) w
    LEFT JOIN repository_leases l ON l.registry_id = w.registry_id AND l.full_name = w.repository
   ORDER BY w.registry_id, w.repository`;

/** Notifications of one statement; a storm of them costs few commits, and one alone does not wait for others. */
const TOGETHER = { most: 64, lanes: 4 };
/** A notification with more events is a statement of its own, so that none grows without bounds. */
const FEW = 16;

/** Attempts after which the wait between two grows no more. */
const SLOWEST_AFTER = 4;

/** The inbox of notifications: stored before they are answered, worked on by whoever holds the repository's lease. */
export class InboxRepository {
  private readonly gather = new Gather((items: Intake[]) => storeEvents(this.database, items), TOGETHER);

  constructor(private readonly database: Database) {}

  /**
   * Stores events once each; the same event id of the same registry is stored only the first time. What is rejected again
   * is news all the same: something else may have been lost with it. Returns when the events are committed; those that
   * come at about the same time are committed together, and one that can not be stored fails alone.
   */
  async store(registryId: number, events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    if (events.length > FEW) await storeEvents(this.database, [{ registryId, events }]);
    else await this.gather.do({ registryId, events });
  }

  /** Notes pulls of people. Best effort: repetitions of an event are folded away later. */
  async storePulls(registryId: number, pulls: readonly NewPull[]): Promise<void> {
    if (pulls.length === 0) return;
    const column = <T>(pick: (pull: NewPull) => T) => pulls.map(pick);
    await this.database.prepared(INSERT_PULLS, [
      registryId,
      column((pull) => pull.eventId),
      column((pull) => pull.method),
      column((pull) => pull.repository),
      column((pull) => pull.tag),
      column((pull) => pull.digest),
      column((pull) => pull.client),
      column((pull) => pull.pulledAt),
    ]);
  }

  /** Registries with waiting events, due or not. */
  async registriesWaiting(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>(
      `SELECT r.id FROM registries r
        WHERE EXISTS (SELECT FROM registry_events e WHERE e.registry_id = r.id AND e.state IN ('received', 'failed'))
        ORDER BY r.id LIMIT 1000`,
    );
    return rows.map((row) => row.id);
  }

  /**
   * Of the next `limit` repositories with waiting events, after the given one of its registry in index order, those that have due events
   * and that nobody holds. Go on at `next`, also when none was due; null: there are no more.
   */
  async candidates(after: Waiting, limit: number): Promise<{ due: Waiting[]; next: Waiting | null }> {
    const values = [after.registryId, after.repository, limit];
    const rows = await this.database.query<Waiting & { due: boolean }>(CANDIDATES, values);
    return { due: rows.filter((row) => row.due), next: rows.length < limit ? null : rows.at(-1)! };
  }

  /**
   * The due events of each repository, oldest first, in the order of the repositories; at most `limit` of each and
   * `total` of all. Ask for them only while holding the leases.
   */
  async waitingAll(
    repositories: readonly { registryId: number; fullName: string }[],
    limit: number,
    total: number,
  ): Promise<WaitingEvent[][]> {
    const rows = await this.database.query<WaitingEvent & { n: string }>(
      `SELECT w.n, e.* FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS w(registry_id, repository, n), LATERAL (
         SELECT id, action, tag, digest, actor, attempts FROM registry_events
          WHERE registry_id = w.registry_id AND repository = w.repository
            AND state IN ('received', 'failed') AND next_attempt_at <= now()
          ORDER BY id LIMIT $3) e
        ORDER BY w.n, e.id LIMIT $4`,
      [repositories.map((one) => one.registryId), repositories.map((one) => one.fullName), limit, total],
    );
    const found = repositories.map((): WaitingEvent[] => []);
    for (const { n, ...event } of rows) found[Number(n) - 1]!.push(event);
    return found;
  }

  /** As {@link waitingAll}, of one repository. */
  async waiting(registryId: number, repository: string, limit: number): Promise<WaitingEvent[]> {
    const [events] = await this.waitingAll([{ registryId, fullName: repository }], limit, limit);
    return events!;
  }

  /** Marks events as handled, each with its reason; part of the transaction that applies their effect. */
  async finishAll(
    sql: Sql,
    events: readonly { id: string; reason: string | null }[],
    outcome: 'done' | 'ignored',
  ): Promise<void> {
    if (events.length === 0) return;
    await sql.query(
      `UPDATE registry_events e SET state = $3, reason = o.reason, processed_at = now(), attempts = attempts + 1
         FROM unnest($1::bigint[], $2::text[]) AS o(id, reason) WHERE e.id = o.id`,
      [events.map((event) => event.id), events.map((event) => event.reason), outcome],
    );
  }

  /** As {@link finishAll}, with one reason. */
  async finish(sql: Sql, ids: readonly string[], outcome: 'done' | 'ignored', reason: string | null): Promise<void> {
    await this.finishAll(
      sql,
      ids.map((id) => ({ id, reason })),
      outcome,
    );
  }

  /** As {@link finish}, outside of a transaction. */
  async ignore(ids: readonly string[], reason: string): Promise<void> {
    await this.finish(this.database, ids, 'ignored', reason);
  }

  /**
   * Puts events back for a later attempt, 1 s to 20 s away. A temporary failure (registry or network away) is tried
   * for ever and uses up no attempts; another one ends as `dead` after `maxAttempts`. Returns how many ended.
   */
  async postpone(ids: readonly string[], reason: string, maxAttempts: number | null): Promise<number> {
    if (ids.length === 0) return 0;
    const rows = await this.database.query<{ state: string }>(
      `UPDATE registry_events
          SET state = CASE WHEN attempts + 1 >= $3::int THEN 'dead' ELSE 'failed' END,
              attempts = CASE WHEN $3::int IS NULL THEN greatest(attempts, least(attempts + 1, $4::int))
                              ELSE least(attempts + 1, 30000) END,
              reason = left($2, 1000),
              processed_at = CASE WHEN attempts + 1 >= $3::int THEN now() END,
              next_attempt_at = now() + make_interval(secs => least(15, power(2, least(attempts, 4))) * (0.75 + random() / 2))
        WHERE id = ANY($1::bigint[]) AND state IN ('received', 'failed') RETURNING state`,
      [ids, reason, maxAttempts, SLOWEST_AFTER],
    );
    return rows.filter((row) => row.state === 'dead').length;
  }

  /** True when any event is due. */
  async hasDue(): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM registry_events WHERE state IN ('received', 'failed') AND next_attempt_at <= now() LIMIT 1`,
    );
    return rows.length > 0;
  }

  /** How many events wait, and for how many seconds the oldest has; counted up to `limit`, in the order of an index. */
  async backlog(limit = COUNTED): Promise<InboxBacklog> {
    const [row] = await this.database.query<{ waiting: number; oldest: number }>(
      `SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM now() - min(received_at)), 0)::float AS oldest
         FROM (SELECT received_at FROM registry_events WHERE state IN ('received', 'failed')
                ORDER BY registry_id, repository, id LIMIT $1 + 1) e`,
      [limit],
    );
    const { waiting, oldest } = row!;
    return { waiting: Math.min(waiting, limit), oldestSeconds: oldest, more: waiting > limit };
  }

  /** Deletes handled events older than the given days, a bounded number at a time. Returns how many went. */
  async purge(days: number, limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM registry_events WHERE id IN (
         SELECT id FROM registry_events
          WHERE received_at < now() - make_interval(days => $1) AND state NOT IN ('received', 'failed')
          ORDER BY received_at LIMIT $2) RETURNING 1`,
      [days, limit],
    );
    return rows.length;
  }
}
