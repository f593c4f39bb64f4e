import type { Database, Sql } from './database.js';

export interface WebhookHeaderRow {
  id: number;
  webhookId: number;
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `id, webhook_id AS "webhookId", name::text, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Of one webhook. */
export const MAX_HEADERS = 20;

/** Headers of webhooks; their values are sealed, and nobody reads them here. */
export class WebhookHeadersRepository {
  constructor(private readonly database: Database) {}

  async of(webhookId: number): Promise<WebhookHeaderRow[]> {
    return this.database.query<WebhookHeaderRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM webhook_headers WHERE webhook_id = $1 ORDER BY id LIMIT ${MAX_HEADERS}`,
      [webhookId],
    );
  }

  /** null: there are too many already. A taken name comes up as a unique violation. The webhook is locked. */
  async create(webhookId: number, name: string, sealed: string, sql: Sql): Promise<WebhookHeaderRow | null> {
    const [row] = await sql.query<WebhookHeaderRow & Record<string, unknown>>(
      `INSERT INTO webhook_headers (webhook_id, name, value)
       SELECT $1::int, $2::citext, $3::text WHERE (SELECT count(*) FROM webhook_headers WHERE webhook_id = $1) < $4
       RETURNING ${COLUMNS}`,
      [webhookId, name, sealed, MAX_HEADERS],
    );
    return row ?? null;
  }

  /** The one that is removed; null: there was none. */
  async remove(webhookId: number, id: number, sql: Sql): Promise<WebhookHeaderRow | null> {
    const [row] = await sql.query<WebhookHeaderRow & Record<string, unknown>>(
      `DELETE FROM webhook_headers WHERE webhook_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [webhookId, id],
    );
    return row ?? null;
  }
}
