import type { ContentType, RequestMethod, WebhookEvent, WebhookFormat } from '#domain/webhook/webhook-events.js';
import type { Database, Sql } from './database.js';
import { type Listed, type Page, type WEBHOOK_SORTS, readPage } from './listing.js';

/** A webhook as it is written; password and secret are sealed. */
export interface WebhookInput {
  name: string;
  url: string;
  origin: string;
  requestMethod: RequestMethod;
  contentType: ContentType;
  format: WebhookFormat;
  events: readonly WebhookEvent[];
  username: string | null;
  password: string | null;
  secret: string | null;
  enabled: boolean;
}

export interface WebhookRow extends WebhookInput {
  id: number;
  namespaceId: number;
  createdAt: Date;
  updatedAt: Date;
  /** Until when its target is left alone, because it failed too often in a row; null: it is not. */
  restsUntil: Date | null;
}

/** Something sealed; the id is that of the webhook, or of the header. */
export interface SealedText {
  kind: 'password' | 'secret' | 'header';
  id: number;
  sealed: string;
}

const COLUMNS = `w.id, w.namespace_id AS "namespaceId", w.name, w.url, w.origin, w.request_method AS "requestMethod",
  w.content_type AS "contentType", w.format, w.events, w.username, w.password, w.secret, w.enabled,
  w.created_at AS "createdAt", w.updated_at AS "updatedAt", t.open_until AS "restsUntil"`;
const ROWS = 'webhooks w LEFT JOIN webhook_targets t ON t.origin = w.origin AND t.open_until > now()';
const FROM = `FROM ${ROWS}`;
const SORTS = {
  id: { by: 'w.id', type: 'integer' },
  name: { by: 'w.name', type: 'text' },
  created_at: { by: 'w.created_at', type: 'timestamptz' },
  updated_at: { by: 'w.updated_at', type: 'timestamptz' },
} as const;

/** Of one namespace. */
export const MAX_WEBHOOKS = 50;

const SEALED_COLUMNS: Record<SealedText['kind'], { table: string; column: string }> = {
  password: { table: 'webhooks', column: 'password' },
  secret: { table: 'webhooks', column: 'secret' },
  header: { table: 'webhook_headers', column: 'value' },
};

/** Whom to tell of what happens in namespaces. */
export class WebhooksRepository {
  constructor(private readonly database: Database) {}

  async page(namespaceId: number, page: Page<(typeof WEBHOOK_SORTS)[number]>): Promise<Listed<WebhookRow>> {
    const where = 'w.namespace_id = $1';
    const values = [namespaceId];
    return readPage(
      this.database,
      { from: 'webhooks w', where, values, id: 'w.id', sorts: SORTS, columns: COLUMNS, rows: ROWS },
      page,
    );
  }

  async find(namespaceId: number, id: number, sql: Sql = this.database): Promise<WebhookRow | null> {
    const [row] = await sql.query<WebhookRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE w.namespace_id = $1 AND w.id = $2`,
      [namespaceId, id],
    );
    return row ?? null;
  }

  /** As {@link find}; nobody else changes it until the transaction ends. Events for it are written meanwhile. */
  async lock(namespaceId: number, id: number, sql: Sql): Promise<WebhookRow | null> {
    await sql.query('SELECT 1 FROM webhooks WHERE namespace_id = $1 AND id = $2 FOR NO KEY UPDATE', [namespaceId, id]);
    return this.find(namespaceId, id, sql);
  }

  /** null: there are too many already. */
  async create(namespaceId: number, input: WebhookInput, sql: Sql): Promise<number | null> {
    await sql.query('SELECT 1 FROM namespaces WHERE id = $1 FOR NO KEY UPDATE', [namespaceId]);
    const [row] = await sql.query<{ id: number }>(
      `INSERT INTO webhooks (namespace_id, name, url, origin, request_method, content_type, format, events, username,
                             password, secret, enabled)
       SELECT $1::int, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text[], $9::text, $10::text,
              $11::text, $12::bool
        WHERE (SELECT count(*) FROM webhooks WHERE namespace_id = $1) < $13
       RETURNING id`,
      [namespaceId, ...valuesOf(input), MAX_WEBHOOKS],
    );
    return row?.id ?? null;
  }

  async update(id: number, input: WebhookInput, sql: Sql): Promise<void> {
    await sql.query(
      `UPDATE webhooks SET name = $2, url = $3, origin = $4, request_method = $5, content_type = $6, format = $7,
                           events = $8, username = $9, password = $10, secret = $11, enabled = $12, updated_at = now()
        WHERE id = $1`,
      [id, ...valuesOf(input)],
    );
  }

  /** All headers of it. */
  async dropHeaders(id: number, sql: Sql): Promise<void> {
    await sql.query('DELETE FROM webhook_headers WHERE webhook_id = $1', [id]);
  }

  /** Its headers and deliveries go with it. @returns false: it is gone already */
  async remove(id: number, sql: Sql): Promise<boolean> {
    return (await sql.query('DELETE FROM webhooks WHERE id = $1 RETURNING 1', [id])).length > 0;
  }

  /**
   * What is sealed with another key than that whose texts begin so, in the order of kinds and ids.
   *
   * @param after where the last answer ended; null: from the beginning
   */
  async sealedOtherwise(
    prefix: string,
    after: Pick<SealedText, 'kind' | 'id'> | null,
    limit: number,
  ): Promise<SealedText[]> {
    const parts = Object.entries(SEALED_COLUMNS).map(
      ([kind, { table, column }]) =>
        `SELECT '${kind}' AS kind, id, ${column} AS sealed FROM ${table} WHERE NOT starts_with(${column}, $1)`,
    );
    return this.database.query<SealedText & Record<string, unknown>>(
      `SELECT * FROM (${parts.join(' UNION ALL ')}) s WHERE (s.kind, s.id) > ($2::text, $3::int) ORDER BY kind, id LIMIT $4`,
      [prefix, after?.kind ?? '', after?.id ?? 0, limit],
    );
  }

  /** Unless it was changed meanwhile. */
  async replaceSealed(kind: SealedText['kind'], id: number, before: string, after: string): Promise<void> {
    const { table, column } = SEALED_COLUMNS[kind];
    await this.database.query(`UPDATE ${table} SET ${column} = $3 WHERE id = $1 AND ${column} = $2`, [
      id,
      before,
      after,
    ]);
  }
}

function valuesOf(input: WebhookInput): unknown[] {
  const { name, url, origin, requestMethod, contentType, format, events, username, password, secret, enabled } = input;
  return [name, url, origin, requestMethod, contentType, format, events, username, password, secret, enabled];
}
