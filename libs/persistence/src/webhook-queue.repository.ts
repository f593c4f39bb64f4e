import type {
  ContentType,
  DeliveryState,
  EventFacts,
  RequestMethod,
  WebhookEvent,
  WebhookFormat,
} from '#domain/webhook/webhook-events.js';
import type { Database } from './database.js';

/** A webhook that a worker delivers for; password, secret and values of headers are sealed. */
export interface LeasedWebhook {
  id: number;
  url: string;
  origin: string;
  requestMethod: RequestMethod;
  contentType: ContentType;
  format: WebhookFormat;
  username: string | null;
  password: string | null;
  secret: string | null;
  headers: { name: string; value: string }[];
}

/** A delivery whose attempt is counted already. */
export interface DueDelivery {
  id: string;
  uuid: string;
  event: WebhookEvent;
  facts: EventFacts;
  attempts: number;
}

/** What an attempt leaves behind. */
export interface SettledDelivery {
  id: string;
  attempts: number;
  state: DeliveryState;
  status: number;
  reason: string | null;
  requestHeader: Record<string, string> | null;
  requestBody: string | null;
  responseHeader: Record<string, string>;
  responseBody: string;
  duration: number;
  /** Seconds until the next attempt; of one that waits. */
  pause: number;
}

/** closed: send. probe: send this one, and see. open: send nothing. */
export interface Gate {
  state: 'closed' | 'probe' | 'open';
  failures: number;
}

/** Deliveries that wait, and whose turn it is. */
export class WebhookQueueRepository {
  constructor(private readonly database: Database) {}

  async hasDue(): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM webhooks w WHERE ${READY} AND ${HAS_DUE} AND ${TARGET_CLOSED} LIMIT 1`,
    );
    return rows.length > 0;
  }

  /** Takes the webhook that waited longest of those that have something due; null: there is none. */
  async claim(holder: string, seconds: number): Promise<LeasedWebhook | null> {
    const [row] = await this.database.query<LeasedWebhook & Record<string, unknown>>(
      `UPDATE webhooks u SET holder = $1, expires_at = now() + make_interval(secs => $2), served_at = clock_timestamp()
        WHERE u.id = (SELECT w.id FROM webhooks w WHERE ${READY} AND ${HAS_DUE} AND ${TARGET_CLOSED}
                       ORDER BY w.served_at, w.id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING u.id, u.url, u.origin, u.request_method AS "requestMethod", u.content_type AS "contentType", u.format,
                 u.username, u.password, u.secret,
                 coalesce((SELECT jsonb_agg(jsonb_build_object('name', h.name, 'value', h.value) ORDER BY h.id)
                             FROM webhook_headers h WHERE h.webhook_id = u.id), '[]') AS headers`,
      [holder, seconds],
    );
    return row ?? null;
  }

  async release(id: number, holder: string): Promise<void> {
    await this.database.query(
      'UPDATE webhooks SET holder = NULL, expires_at = NULL, served_at = clock_timestamp() WHERE id = $1 AND holder = $2',
      [id, holder],
    );
  }

  /**
   * Counts an attempt of the next delivery that is due; null: there is none, or the webhook is not ours or not enabled any
   * more. Whoever dies with it has tried: it is due again after so many seconds.
   */
  async begin(webhookId: number, holder: string, seconds: number): Promise<DueDelivery | null> {
    const [row] = await this.database.query<DueDelivery & Record<string, unknown>>(
      `UPDATE webhook_deliveries SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $3)
        WHERE id = (SELECT d.id FROM webhook_deliveries d
                     WHERE d.webhook_id = $1 AND d.state = 'waiting' AND d.next_attempt_at <= now()
                     ORDER BY d.next_attempt_at, d.id LIMIT 1 FOR UPDATE SKIP LOCKED)
          AND EXISTS (SELECT FROM webhooks w WHERE w.id = $1 AND w.holder = $2 AND w.enabled)
       RETURNING id::text, uuid, event, facts, attempts`,
      [webhookId, holder, seconds],
    );
    return row ?? null;
  }

  /** Not counted, and due at once: it was broken off. */
  async putBack({ id, attempts }: DueDelivery): Promise<void> {
    await this.database.query(
      `UPDATE webhook_deliveries SET attempts = attempts - 1, next_attempt_at = now()
        WHERE id = $1::bigint AND attempts = $2 AND state = 'waiting'`,
      [id, attempts],
    );
  }

  /** False when somebody else has tried it meanwhile, or asked for it to be sent again: that counts. */
  async settle(settled: SettledDelivery): Promise<boolean> {
    const { id, attempts, state, status, reason, requestBody, responseBody, duration, pause } = settled;
    const [requestHeader, responseHeader] = [json(settled.requestHeader), json(settled.responseHeader)];
    const tried = [state, status, reason, requestHeader, requestBody, responseHeader, responseBody, duration, pause];
    const rows = await this.database.query(
      `UPDATE webhook_deliveries
          SET state = $3, status = $4, reason = $5, request_header = $6, request_body = $7, response_header = $8,
              response_body = $9, duration = $10, attempted_at = now(), next_attempt_at = now() + make_interval(secs => $11)
        WHERE id = $1::bigint AND attempts = $2 AND state = 'waiting' RETURNING 1`,
      [id, attempts, ...tried],
    );
    return rows.length > 0;
  }

  /** Whether the target may be sent to. Of all that ask at the end of its rest, one may try. */
  async admit(origin: string, probeSeconds: number): Promise<Gate> {
    const [row] = await this.database.query<{ failures: number; resting: boolean; probe: boolean }>(
      `WITH probe AS (
         UPDATE webhook_targets SET open_until = now() + make_interval(secs => $2)
          WHERE origin = $1 AND open_until <= now() RETURNING 1)
       SELECT failures, open_until IS NOT NULL AS resting, EXISTS (SELECT FROM probe) AS probe
         FROM webhook_targets WHERE origin = $1`,
      [origin, probeSeconds],
    );
    if (row === undefined) return { state: 'closed', failures: 0 };
    return { state: row.probe ? 'probe' : row.resting ? 'open' : 'closed', failures: row.failures };
  }

  async targetAnswered(origin: string): Promise<void> {
    await this.database.query('DELETE FROM webhook_targets WHERE origin = $1', [origin]);
  }

  /** How often in a row it failed. */
  async targetFailed(origin: string): Promise<number> {
    const [row] = await this.database.query<{ failures: number }>(
      `INSERT INTO webhook_targets AS t (origin, failures) VALUES ($1, 1)
       ON CONFLICT (origin) DO UPDATE SET failures = t.failures + 1, failed_at = now() RETURNING failures`,
      [origin],
    );
    return row!.failures;
  }

  /** Lets the target rest for so many seconds. */
  async rest(origin: string, seconds: number): Promise<void> {
    await this.database.query(
      'UPDATE webhook_targets SET open_until = now() + make_interval(secs => $2) WHERE origin = $1',
      [origin, seconds],
    );
  }
}

const READY = 'w.enabled AND (w.expires_at IS NULL OR w.expires_at < now())';
const HAS_DUE = `EXISTS (SELECT FROM webhook_deliveries d
  WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.next_attempt_at <= now())`;
const TARGET_CLOSED = 'NOT EXISTS (SELECT FROM webhook_targets t WHERE t.origin = w.origin AND t.open_until > now())';

const json = (value: Record<string, string> | null): string | null => (value === null ? null : JSON.stringify(value));
