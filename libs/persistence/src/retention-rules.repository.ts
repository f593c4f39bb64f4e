import type { Rule } from '#domain/retention/plan-retention.js';
import { likeOf } from '#domain/retention/glob.js';
import { protectorOf } from '#domain/retention/plan-retention.js';
import type { Database, Sql } from './database.js';

/** A rule as it is written. */
export type RuleInput = Omit<Rule, 'id' | 'tagExpression'> & { enabled: boolean };

export interface RuleRow extends RuleInput {
  id: number;
  namespaceId: number | null;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `
  r.id, r.namespace_id AS "namespaceId", r.name, r.action, r.enabled, r.repository_pattern AS "repositoryPattern",
  r.tag_pattern AS "tagPattern", r.older_than AS "olderThan", r.not_pulled_for AS "notPulledFor",
  r.keep_latest AS "keepLatest", r.created_at AS "createdAt", r.updated_at AS "updatedAt"`;

/** Rules of one place are not more than these. */
export const MAX_RULES = 200;

/** Rules of retention, and what they are applied to. */
export class RetentionRulesRepository {
  constructor(private readonly database: Database) {}

  /** Rules of exactly this place: a namespace, or (null) all namespaces. */
  async of(namespaceId: number | null): Promise<RuleRow[]> {
    return this.database.query<RuleRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM retention_rules r WHERE r.namespace_id IS NOT DISTINCT FROM $1::int ORDER BY r.id LIMIT $2`,
      [namespaceId, MAX_RULES],
    );
  }

  async find(id: number, namespaceId: number | null): Promise<RuleRow | null> {
    const [row] = await this.database.query<RuleRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM retention_rules r WHERE r.id = $1 AND r.namespace_id IS NOT DISTINCT FROM $2::int`,
      [id, namespaceId],
    );
    return row ?? null;
  }

  /** null: there are too many already. */
  async create(namespaceId: number | null, rule: RuleInput, sql: Sql = this.database): Promise<number | null> {
    const [row] = await sql.query<{ id: number }>(
      `INSERT INTO retention_rules (namespace_id, name, action, enabled, repository_pattern, tag_pattern, older_than,
                                    not_pulled_for, keep_latest)
       SELECT $1::int, $2::text, $3::text, $4::bool, $5::text, $6::text, $7::int, $8::int, $9::int
        WHERE (SELECT count(*) FROM retention_rules WHERE namespace_id IS NOT DISTINCT FROM $1::int) < $10
       RETURNING id`,
      [namespaceId, ...valuesOf(rule), MAX_RULES],
    );
    return row?.id ?? null;
  }

  async update(id: number, rule: RuleInput, sql: Sql): Promise<void> {
    await sql.query(
      `UPDATE retention_rules SET name = $2, action = $3, enabled = $4, repository_pattern = $5, tag_pattern = $6,
                                  older_than = $7, not_pulled_for = $8, keep_latest = $9, updated_at = now()
        WHERE id = $1`,
      [id, ...valuesOf(rule)],
    );
  }

  async remove(id: number, sql: Sql): Promise<void> {
    await sql.query('DELETE FROM retention_rules WHERE id = $1', [id]);
  }

  /**
   * Enabled rules that apply to any of the namespaces: their own, and those of all. `unchangedFor` (seconds): of those that
   * drop, only the ones that were written at least so long ago.
   */
  async effective(namespaceIds: readonly number[], unchangedFor: number | null = null): Promise<RuleRow[]> {
    return this.database.query<RuleRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM retention_rules r
        WHERE r.enabled AND (r.namespace_id IS NULL OR r.namespace_id = ANY($1::int[]))
          AND (r.action <> 'drop' OR $3::int IS NULL OR r.updated_at <= now() - make_interval(secs => $3::int))
        ORDER BY r.id LIMIT $2`,
      [namespaceIds, (1 + namespaceIds.length) * MAX_RULES, unchangedFor],
    );
  }

  /** Whether an enabled rule drops anything that was written at least so many seconds ago. */
  async anyDrops(unchangedFor: number): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM retention_rules
        WHERE enabled AND action = 'drop' AND updated_at <= now() - make_interval(secs => $1::int) LIMIT 1`,
      [unchangedFor],
    );
    return rows.length > 0;
  }

  /** The rule that makes a tag immutable; null: none. */
  async protecting(namespaceId: number, fullName: string, tag: string): Promise<RuleRow | null> {
    const rules = await this.effective([namespaceId]);
    return protectorOf(
      fullName,
      tag,
      rules.filter((rule) => rule.action === 'protect'),
    );
  }

  /** Immutable tags of the repositories of namespaces, or of one of them; at most `limit` are named. */
  async protectedTags(namespaceIds: readonly number[], repositoryId: number | null, limit: number): Promise<string[]> {
    const protectors = (await this.effective(namespaceIds)).filter((rule) => rule.action === 'protect');
    if (protectors.length === 0) return [];
    const rows = await this.database.query<{ name: string }>(
      `SELECT p.full_name || ':' || g.name AS name FROM tags g JOIN repositories p ON p.id = g.repository_id
        WHERE p.namespace_id = ANY($1::int[]) AND ($2::int IS NULL OR p.id = $2)
          AND EXISTS (SELECT FROM unnest($3::text[], $4::text[], $5::int[]) AS w(repository, tag, namespace_id)
                       WHERE p.full_name LIKE w.repository AND g.name LIKE w.tag
                         AND (w.namespace_id IS NULL OR w.namespace_id = p.namespace_id))
        ORDER BY p.full_name, g.name LIMIT $6`,
      [
        namespaceIds,
        repositoryId,
        protectors.map((rule) => likeOf(rule.repositoryPattern)),
        protectors.map((rule) => likeOf(rule.tagPattern)),
        protectors.map((rule) => rule.namespaceId),
        limit,
      ],
    );
    return rows.map((row) => row.name);
  }
}

function valuesOf(rule: RuleInput): unknown[] {
  const { name, action, enabled, repositoryPattern, tagPattern, olderThan, notPulledFor, keepLatest } = rule;
  return [name, action, enabled, repositoryPattern, tagPattern, olderThan, notPulledFor, keepLatest];
}
