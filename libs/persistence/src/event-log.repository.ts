import type { EventState } from '#domain/inbox/registry-event.entity.js';
import type { Database } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

/** A place in the stream: the event's time of arrival in microseconds since the epoch, and its id. */
export interface EventCursor {
  receivedAtMicros: string;
  id: string;
}

export interface EventFilter {
  state?: EventState | undefined;
  registryId?: number | undefined;
  repository?: string | undefined;
  action?: string | undefined;
  /** Arrived at or after, and before. */
  from?: Date | undefined;
  to?: Date | undefined;
}

export interface EventRow {
  id: string;
  registryId: number;
  eventId: string;
  action: string;
  repository: string;
  tag: string | null;
  digest: string | null;
  actor: string | null;
  occurredAt: Date | null;
  receivedAt: Date;
  /** {@link EventCursor} of this row. */
  receivedAtMicros: string;
  processedAt: Date | null;
  nextAttemptAt: Date;
  state: EventState;
  reason: string | null;
  attempts: number;
}

/** Numbers of one registry's inbox. Seconds; null where nothing was handled lately. */
export interface InboxSummary {
  registryId: number;
  registry: string;
  received: number;
  failed: number;
  dead: number;
  rejected: number;
  oldestWaitingSeconds: number;
  lagMedianSeconds: number | null;
  lagMaxSeconds: number | null;
}

const COLUMNS = `
  e.id::text, e.registry_id AS "registryId", e.event_id AS "eventId", e.action, e.repository, e.tag, e.digest, e.actor,
  e.occurred_at AS "occurredAt", e.received_at AS "receivedAt",
  (extract(epoch FROM e.received_at) * 1000000)::bigint::text AS "receivedAtMicros",
  e.processed_at AS "processedAt", e.next_attempt_at AS "nextAttemptAt", e.state, e.reason, e.attempts`;

/** What may be tried again. What could not be understood would be no clearer the next time. */
const RETRIABLE = ['failed', 'dead', 'ignored', 'done', 'received'];

/** Handled events from which the lag is taken: of the last minutes, and no more of them than so many. */
const LAG_WINDOW = '5 minutes';
const LAG_SAMPLE = 10_000;

/** The inbox as people look at it: lists, single events, another try, numbers. */
export class EventLogRepository {
  constructor(private readonly database: Database) {}

  /** Events that the filter lets through. */
  async page(filter: EventFilter, page: Page<'received_at'>): Promise<Listed<EventRow>> {
    const values: unknown[] = [];
    const source = {
      from: 'registry_events e',
      where: ['TRUE', ...conditions(filter, values)].join(' AND '),
      values,
      id: 'e.id',
      idType: 'bigint',
      sorts: { received_at: { by: 'e.received_at', type: 'timestamptz' } },
      uncounted: true,
      columns: COLUMNS,
      rows: 'registry_events e',
    } as const;
    return readPage(this.database, source, page);
  }

  /** The other way round: events behind the place, oldest first. */
  async following(place: EventCursor, limit: number): Promise<EventRow[]> {
    return this.database.query<EventRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM registry_events e
        WHERE (e.received_at, e.id) > (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2::bigint)
        ORDER BY e.received_at, e.id LIMIT $3`,
      [place.receivedAtMicros, place.id, limit],
    );
  }

  /** The database's clock, by which events arrive: microseconds since the epoch. */
  async nowMicros(): Promise<bigint> {
    const [row] = await this.database.query<{ now: string }>(
      `SELECT (extract(epoch FROM now()) * 1000000)::bigint::text AS now`,
    );
    return BigInt(row!.now);
  }

  /** One event with what was sent, of which no more than its beginning is kept. */
  async find(id: string): Promise<(EventRow & { payload: string | null }) | null> {
    const [row] = await this.database.query<EventRow & { payload: string | null } & Record<string, unknown>>(
      `SELECT ${COLUMNS}, e.payload FROM registry_events e WHERE e.id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Puts one event back into the inbox, as if it had just come. False when it can not be retried or is not there. */
  async retry(id: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE registry_events SET ${BACK} WHERE id = $1 AND state = ANY($2) RETURNING 1`,
      [id, RETRIABLE],
    );
    return rows.length > 0;
  }

  /** Puts up to `limit` events back, oldest first. Returns how many. */
  async retryAll(states: readonly EventState[], filter: EventFilter, limit: number): Promise<number> {
    const values: unknown[] = [limit, states.filter((state) => RETRIABLE.includes(state))];
    const where = ['e.state = ANY($2)', ...conditions(filter, values)].join(' AND ');
    const rows = await this.database.query(
      `UPDATE registry_events SET ${BACK} WHERE id IN (
         SELECT e.id FROM registry_events e WHERE ${where} ORDER BY e.received_at, e.id LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING 1`,
      values,
    );
    return rows.length;
  }

  /** Of every registry: what waits and for how long, what failed, and how long handling took lately. */
  async summary(): Promise<InboxSummary[]> {
    return this.database.query<InboxSummary & Record<string, unknown>>(
      `SELECT r.id AS "registryId", r.name AS registry, coalesce(w.received, 0)::int AS received,
              coalesce(w.failed, 0)::int AS failed, coalesce(t.dead, 0)::int AS dead,
              coalesce(t.rejected, 0)::int AS rejected,
              coalesce(extract(epoch FROM now() - w.oldest), 0)::float AS "oldestWaitingSeconds",
              l.median AS "lagMedianSeconds", l.longest AS "lagMaxSeconds"
         FROM registries r
         LEFT JOIN (SELECT registry_id, count(*) FILTER (WHERE state = 'received') AS received,
                           count(*) FILTER (WHERE state = 'failed') AS failed, min(received_at) AS oldest
                      FROM registry_events WHERE state IN ('received', 'failed') GROUP BY 1) w ON w.registry_id = r.id
         LEFT JOIN (SELECT registry_id, count(*) FILTER (WHERE state = 'dead') AS dead,
                           count(*) FILTER (WHERE state = 'rejected') AS rejected
                      FROM registry_events WHERE state IN ('rejected', 'dead') GROUP BY 1) t ON t.registry_id = r.id
         LEFT JOIN (SELECT registry_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY lag) AS median, max(lag) AS longest
                      FROM (SELECT registry_id, extract(epoch FROM processed_at - received_at)::float AS lag
                              FROM registry_events WHERE received_at > now() - interval '${LAG_WINDOW}'
                               AND state IN ('done', 'ignored') ORDER BY received_at DESC LIMIT ${LAG_SAMPLE}) s
                     GROUP BY 1) l ON l.registry_id = r.id
        ORDER BY r.id LIMIT 1000`,
    );
  }
}

const BACK = `state = 'received', attempts = 0, next_attempt_at = now(), processed_at = NULL, reason = NULL`;

/** Conditions of the filter; their values are appended. */
function conditions(filter: EventFilter, values: unknown[]): string[] {
  const parts: [string, unknown][] = [
    ['e.state =', filter.state],
    ['e.registry_id =', filter.registryId],
    ['e.repository =', filter.repository],
    ['e.action =', filter.action],
    ['e.received_at >=', filter.from],
    ['e.received_at <', filter.to],
  ];
  return parts.flatMap(([sql, value]) => (value === undefined ? [] : [`${sql} $${values.push(value)}`]));
}
