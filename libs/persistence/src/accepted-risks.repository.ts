import type { Database, Sql } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

export interface NewRisk {
  namespaceId: number | null;
  vulnerability: string;
  package: string | null;
  reason: string;
  authorId: number;
  username: string;
  expiresAt: Date | null;
}

export interface RiskRow extends Omit<NewRisk, 'authorId'> {
  id: number;
  authorId: number | null;
  createdAt: Date;
}

const COLUMNS = `id, namespace_id AS "namespaceId", vulnerability, package, reason, author_id AS "authorId", username,
  expires_at AS "expiresAt", created_at AS "createdAt"`;

/** Vulnerabilities that people decided to live with. */
export class AcceptedRisksRepository {
  constructor(private readonly database: Database) {}

  /** Of one namespace, or (null) those that hold everywhere; also those whose time is over. */
  async page(namespaceId: number | null, page: Page<'id'>): Promise<Listed<RiskRow>> {
    const source = {
      from: 'accepted_risks k',
      where: namespaceId === null ? 'namespace_id IS NULL AND $1::int IS NULL' : 'namespace_id = $1',
      values: [namespaceId],
      id: 'k.id',
      sorts: { id: { by: 'k.id', type: 'integer' } },
      columns: COLUMNS,
      rows: 'accepted_risks k',
    } as const;
    return readPage(this.database, source, page);
  }

  async create(sql: Sql, risk: NewRisk): Promise<RiskRow> {
    const [row] = await sql.query<RiskRow & Record<string, unknown>>(
      `INSERT INTO accepted_risks (namespace_id, vulnerability, package, reason, author_id, username, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
      [risk.namespaceId, risk.vulnerability, risk.package, risk.reason, risk.authorId, risk.username, risk.expiresAt],
    );
    return row!;
  }

  /** Removes one of that place; null: there is none. */
  async remove(sql: Sql, id: number, namespaceId: number | null): Promise<RiskRow | null> {
    const [row] = await sql.query<RiskRow & Record<string, unknown>>(
      `DELETE FROM accepted_risks WHERE id = $1 AND namespace_id IS NOT DISTINCT FROM $2 RETURNING ${COLUMNS}`,
      [id, namespaceId],
    );
    return row ?? null;
  }
}
