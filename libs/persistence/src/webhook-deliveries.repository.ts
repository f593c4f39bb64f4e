import type { DeliveryState, EventFacts, WebhookEvent } from '#domain/webhook/webhook-events.js';
import type { NamespaceFacts } from '#domain/policy/facts.js';
import type { Database } from './database.js';
import { type Listed, type Page, type WEBHOOK_DELIVERY_SORTS, readPage } from './listing.js';

/** Without the bodies. */
export interface ListedDelivery {
  id: string;
  webhookId: number;
  uuid: string;
  event: WebhookEvent;
  facts: EventFacts;
  state: DeliveryState;
  attempts: number;
  nextAttemptAt: Date;
  status: number | null;
  reason: string | null;
  duration: number | null;
  createdAt: Date;
  attemptedAt: Date | null;
}

export interface DeliveryRow extends ListedDelivery {
  requestHeader: Record<string, string> | null;
  requestBody: string | null;
  responseHeader: Record<string, string> | null;
  responseBody: string | null;
}

/** A webhook with deliveries that were given up, and what the viewer is where it belongs. */
export interface DeadLettersRow {
  namespace: { id: number; name: string };
  webhook: { id: number; name: string };
  dead: number;
  newestAt: Date;
  role: NamespaceFacts['role'];
  teamHidden: boolean;
}

/** What waits, for webhooks that are enabled; and what was given up. */
export interface DeliveryBacklog {
  waiting: number;
  oldestSeconds: number;
  dead: number;
  /** Targets that rest. */
  resting: number;
}

const LISTED = `d.id::text, d.webhook_id AS "webhookId", d.uuid, d.event, d.facts, d.state, d.attempts,
  d.next_attempt_at AS "nextAttemptAt", d.status, d.reason, d.duration, d.created_at AS "createdAt",
  d.attempted_at AS "attemptedAt"`;
const COLUMNS = `${LISTED}, d.request_header AS "requestHeader", d.request_body AS "requestBody",
  d.response_header AS "responseHeader", d.response_body AS "responseBody"`;

/** The log of deliveries. */
export class WebhookDeliveriesRepository {
  constructor(private readonly database: Database) {}

  /** Of one webhook; with a state only those. */
  async page(
    webhookId: number,
    state: DeliveryState | null,
    page: Page<(typeof WEBHOOK_DELIVERY_SORTS)[number]>,
  ): Promise<Listed<ListedDelivery>> {
    const source = {
      from: 'webhook_deliveries d',
      where: `d.webhook_id = $1 AND ${state === null ? '$2::text IS NULL' : 'd.state = $2'}`,
      values: [webhookId, state],
      id: 'd.id',
      idType: 'bigint',
      sorts: { id: { by: 'd.id', type: 'bigint' } },
      columns: LISTED,
      rows: 'webhook_deliveries d',
    } as const;
    return readPage(this.database, source, page);
  }

  async find(webhookId: number, id: string): Promise<DeliveryRow | null> {
    const [row] = await this.database.query<DeliveryRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM webhook_deliveries d WHERE d.webhook_id = $1 AND d.id = $2::bigint`,
      [webhookId, id],
    );
    return row ?? null;
  }

  /** Lets it be sent again, as if it never had been. */
  async resend(id: string): Promise<void> {
    await this.database.query(
      `UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, next_attempt_at = now() WHERE id = $1::bigint`,
      [id],
    );
  }

  /** Webhooks with deliveries that were given up: those of the teams that somebody is in or, for administrators, all. */
  async dead(userId: number, all: boolean, limit: number): Promise<DeadLettersRow[]> {
    return this.database.query<DeadLettersRow & Record<string, unknown>>(
      `SELECT json_build_object('id', n.id, 'name', n.name) AS namespace, json_build_object('id', w.id, 'name', w.name) AS webhook,
              d.dead, l.created_at AS "newestAt", m.role, t.hidden AS "teamHidden"
         FROM (SELECT webhook_id, count(*)::int AS dead, max(id) AS newest FROM webhook_deliveries
                WHERE state = 'dead' GROUP BY webhook_id) d
         JOIN webhook_deliveries l ON l.id = d.newest JOIN webhooks w ON w.id = d.webhook_id
         JOIN namespaces n ON n.id = w.namespace_id JOIN teams t ON t.id = n.team_id
         LEFT JOIN team_users m ON m.team_id = n.team_id AND m.user_id = $1
        WHERE $2 OR m.role IS NOT NULL ORDER BY l.id DESC LIMIT $3`,
      [userId, all, limit],
    );
  }

  async backlog(): Promise<DeliveryBacklog> {
    const [row] = await this.database.query<DeliveryBacklog & Record<string, unknown>>(
      `SELECT count(*)::int AS waiting,
              coalesce(extract(epoch FROM now() - min(d.created_at)), 0)::float AS "oldestSeconds",
              (SELECT count(*)::int FROM webhook_deliveries WHERE state = 'dead') AS dead,
              (SELECT count(*)::int FROM webhook_targets WHERE open_until > now()) AS resting
         FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id AND w.enabled WHERE d.state = 'waiting'`,
    );
    return row!;
  }

  /** Deletes those that are older than the given days, at most `limit`, and targets that nobody tries any more. */
  async purge(days: number, limit: number): Promise<number> {
    await this.database.query(
      `DELETE FROM webhook_targets t WHERE failed_at < now() - make_interval(days => $1)
          AND NOT EXISTS (SELECT FROM webhooks w WHERE w.origin = t.origin AND w.enabled)`,
      [days],
    );
    const rows = await this.database.query(
      `DELETE FROM webhook_deliveries WHERE id IN (
         SELECT id FROM webhook_deliveries WHERE created_at < now() - make_interval(days => $1)
          ORDER BY created_at, id LIMIT $2) RETURNING 1`,
      [days, limit],
    );
    return rows.length;
  }
}
