import { protectorOf } from '#domain/retention/plan-retention.js';
import type { StoredChange } from './catalog-change.js';
import type { Database, Sql } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';
import type { Viewer } from './namespaces.repository.js';
import { visibleNamespaces } from './visible-namespaces.js';

export interface AlarmRow {
  id: number;
  repositoryId: number;
  registryId: number;
  namespaceId: number;
  teamId: number;
  fullName: string;
  tag: string;
  rule: string;
  keptDigest: string;
  foundDigest: string | null;
  actor: string | null;
  seenAt: Date;
  settledAt: Date | null;
}

const COLUMNS = `
  a.id, a.repository_id AS "repositoryId", p.registry_id AS "registryId", p.namespace_id AS "namespaceId",
  n.team_id AS "teamId", p.full_name AS "fullName", a.tag, a.rule, a.kept_digest AS "keptDigest",
  a.found_digest AS "foundDigest", a.actor, a.seen_at AS "seenAt", a.settled_at AS "settledAt"`;

const ROWS = `
  tag_alarms a JOIN repositories p ON p.id = a.repository_id JOIN namespaces n ON n.id = p.namespace_id`;
const FROM = `FROM ${ROWS}`;

/** Immutable tags that were moved or removed at the registry. */
export class TagAlarmsRepository {
  constructor(private readonly database: Database) {}

  /** In namespaces that the viewer may pull from; open ones, or all. */
  async page(viewer: Viewer, open: boolean, page: Page<'id'>): Promise<Listed<AlarmRow>> {
    const ids = await visibleNamespaces(this.database, viewer);
    const source = {
      from: ids === null ? 'tag_alarms a' : 'tag_alarms a JOIN repositories p ON p.id = a.repository_id',
      where: `${ids === null ? '$1::int[] IS NULL' : 'p.namespace_id = ANY($1::int[])'}${open ? ' AND a.settled_at IS NULL' : ''}`,
      values: [ids],
      id: 'a.id',
      sorts: { id: { by: 'a.id', type: 'integer' } },
      columns: COLUMNS,
      rows: ROWS,
      // Those of a viewer lie anywhere among all alarms.
      uncounted: true,
    } as const;
    return readPage(this.database, source, page);
  }

  async find(id: number): Promise<AlarmRow | null> {
    const [row] = await this.database.query<AlarmRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE a.id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** The digest that a tag with an open alarm has to have; null: there is no such alarm. */
  async keptDigest(repositoryId: number, tag: string): Promise<string | null> {
    const [row] = await this.database.query<{ digest: string }>(
      'SELECT kept_digest AS digest FROM tag_alarms WHERE repository_id = $1 AND tag = $2 AND settled_at IS NULL',
      [repositoryId, tag],
    );
    return row?.digest ?? null;
  }

  async countOpen(): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM tag_alarms WHERE settled_at IS NULL',
    );
    return row?.n ?? 0;
  }

  /** Has `tell` told of alarms that nobody was told of, and notes that it has: both, or neither. Whoever asks, once each. */
  async tellUntold(limit: number, tell: (alarms: AlarmRow[], sql: Sql) => Promise<void>): Promise<void> {
    await this.database.transaction(async (sql) => {
      const alarms = await sql.query<AlarmRow & Record<string, unknown>>(
        `SELECT ${COLUMNS} ${FROM} WHERE a.told_at IS NULL ORDER BY a.id LIMIT $1 FOR NO KEY UPDATE OF a SKIP LOCKED`,
        [limit],
      );
      if (alarms.length === 0) return;
      await tell(alarms, sql);
      await sql.query('UPDATE tag_alarms SET told_at = now() WHERE id = ANY($1::int[])', [alarms.map(({ id }) => id)]);
    });
  }
}

interface Guarded {
  repositoryId: number;
  fullName: string;
  tag: string;
  stored: string;
}

/** Notes what a change does to immutable tags; to be called before the tags are written, in the same transaction. */
export async function noteImmutable(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  const watched = await watchedOf(sql, changes);
  for (const { repositoryId, plan } of changes) {
    if (!watched.has(repositoryId)) continue;
    const found = new Map<string, { digest: string | null; actor: string | null }>();
    for (const { name, digest, actor, change } of plan.set)
      if (change !== 'pushed-again') found.set(name, { digest, actor });
    for (const name of plan.remove) found.set(name, { digest: null, actor: null });
    if (found.size === 0) continue;
    await settleAlarms(sql, repositoryId, found);
    for (const one of await guarded(sql, repositoryId, [...found.keys()])) {
      const now = found.get(one.tag)!;
      if (now.digest !== one.stored) await raiseAlarm(sql, one, now.digest, now.actor);
    }
  }
}

/** Repositories with immutable tags or open alarms: one statement, so that all others pay next to nothing. */
async function watchedOf(sql: Sql, changes: readonly StoredChange[]): Promise<Set<number>> {
  const ids = changes.filter(({ plan }) => plan.set.length + plan.remove.length > 0).map((one) => one.repositoryId);
  if (ids.length === 0) return new Set();
  const rows = await sql.query<{ id: number }>(
    `SELECT p.id FROM repositories p
      WHERE p.id = ANY($1::int[])
        AND (EXISTS (SELECT FROM retention_rules r WHERE r.action = 'protect' AND r.enabled
                        AND (r.namespace_id IS NULL OR r.namespace_id = p.namespace_id))
             OR EXISTS (SELECT FROM tag_alarms a WHERE a.repository_id = p.id AND a.settled_at IS NULL))`,
    [ids],
  );
  return new Set(rows.map((row) => row.id));
}

async function settleAlarms(
  sql: Sql,
  repositoryId: number,
  found: ReadonlyMap<string, { digest: string | null }>,
): Promise<void> {
  await sql.query(
    `UPDATE tag_alarms a SET settled_at = now(), found_digest = a.kept_digest
       FROM unnest($2::text[], $3::text[]) AS w(tag, digest)
      WHERE a.repository_id = $1 AND a.tag = w.tag AND a.kept_digest = w.digest AND a.settled_at IS NULL`,
    [repositoryId, [...found.keys()], [...found.values()].map((one) => one.digest)],
  );
}

/** Of the named tags, those that a rule protects, with the digest that they are stored with. */
async function guarded(sql: Sql, repositoryId: number, names: string[]): Promise<(Guarded & { rule: string })[]> {
  const rules = await sql.query<{ name: string; repositoryPattern: string; tagPattern: string }>(
    `SELECT r.name, r.repository_pattern AS "repositoryPattern", r.tag_pattern AS "tagPattern"
       FROM retention_rules r JOIN repositories p ON r.namespace_id IS NULL OR r.namespace_id = p.namespace_id
      WHERE p.id = $1 AND r.action = 'protect' AND r.enabled ORDER BY r.id`,
    [repositoryId],
  );
  if (rules.length === 0) return [];
  const tags = await sql.query<Guarded & Record<string, unknown>>(
    `SELECT g.repository_id AS "repositoryId", p.full_name AS "fullName", g.name AS tag, f.digest AS stored
       FROM tags g JOIN repositories p ON p.id = g.repository_id JOIN manifests f ON f.id = g.manifest_id
      WHERE g.repository_id = $1 AND g.name = ANY($2)`,
    [repositoryId, names],
  );
  return tags.flatMap((tag) => {
    const rule = protectorOf(tag.fullName, tag.tag, rules);
    return rule ? [{ ...tag, rule: rule.name }] : [];
  });
}

/** While an alarm is open it keeps what the tag had before the first move; going back there is no new alarm. */
async function raiseAlarm(
  sql: Sql,
  { repositoryId, tag, stored, rule }: Guarded & { rule: string },
  digest: string | null,
  actor: string | null,
): Promise<void> {
  await sql.query(
    `INSERT INTO tag_alarms (repository_id, tag, rule, kept_digest, found_digest, actor)
     SELECT $1::int, $2::text, $3::text, $4::text, $5::text, $6::text
      WHERE NOT EXISTS (SELECT FROM tag_alarms WHERE repository_id = $1 AND tag = $2 AND kept_digest = $5
                           AND settled_at = now())
     ON CONFLICT (repository_id, tag) WHERE settled_at IS NULL
     DO UPDATE SET found_digest = excluded.found_digest, actor = excluded.actor, seen_at = now(), told_at = NULL`,
    [repositoryId, tag, rule, stored, digest, actor],
  );
}
