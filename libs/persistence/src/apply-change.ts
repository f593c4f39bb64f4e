import type { ManifestFacts } from '#domain/manifest/manifest-facts.js';
import { splitRepositoryName } from '#domain/naming/repository-name.js';
import type { Plan, SetTag } from '#domain/sync/plan-sync.js';
import type { OvertakenPush } from '#domain/tag/overtaken-pushes.js';
import type { Sql } from './database.js';

/** What one look at a repository changes. */
export interface CatalogChange {
  /** As loaded under the same lease; null: it was not there. The change fails when it is gone since. */
  repositoryId: number | null;
  plan: Plan;
  /** Manifests that were read and are not stored yet. */
  manifests: ManifestFacts[];
  /** Digests of stored manifests whose deletion was announced and that the registry denies. */
  gone: readonly string[];
  /** What tags had for a moment only; for their history. */
  overtaken: readonly OvertakenPush[];
  learnedFrom: 'event' | 'sync';
  /** What the look proved. */
  proves: { names: boolean; digests: boolean };
}

/** Applies a change inside the caller's transaction. Returns the repository's id, null when there is nothing to keep. */
export async function applyChange(
  sql: Sql,
  registryId: number,
  fullName: string,
  change: CatalogChange,
): Promise<number | null> {
  const appears = change.plan.set.length > 0 || change.manifests.length > 0;
  const id = change.repositoryId ?? (await repositoryId(sql, registryId, fullName, appears));
  if (id === null) return null;
  await insertManifests(sql, id, change.manifests);
  await noteGone(sql, id, change.gone);
  await queueScans(sql, registryId, change.manifests);
  await addRevisions(sql, id, change.overtaken, 'event');
  await setTags(sql, id, change.plan.set, change.learnedFrom);
  await markTags(sql, id, change.plan);
  await removeTags(sql, id, change.plan.remove, change.learnedFrom);
  await settleRepository(sql, id, change);
  return id;
}

async function repositoryId(sql: Sql, registryId: number, fullName: string, create: boolean): Promise<number | null> {
  if (create) {
    const { namespace, name } = splitRepositoryName(fullName);
    const namespaceId = await ensureNamespace(sql, registryId, namespace ?? '');
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO repositories (registry_id, namespace_id, full_name, name) VALUES ($1, $2, $3, $4)
       ON CONFLICT (registry_id, full_name) DO NOTHING RETURNING id`,
      [registryId, namespaceId, fullName, name],
    );
    if (made) return made.id;
  }
  const [known] = await sql.query<{ id: number }>(
    'SELECT id FROM repositories WHERE registry_id = $1 AND full_name = $2',
    [registryId, fullName],
  );
  return known?.id ?? null;
}

/** An image is never invisible for want of a namespace: an unknown one is made, private, in the hands of administrators. */
async function ensureNamespace(sql: Sql, registryId: number, name: string): Promise<number> {
  const find = () =>
    sql.query<{ id: number }>('SELECT id FROM namespaces WHERE registry_id = $1 AND name = $2', [registryId, name]);
  const [known] = await find();
  if (known) return known.id;
  await sql.query(
    `INSERT INTO namespaces (registry_id, name, kind, visibility, team_id)
     SELECT $1, $2, 'team', 'private', team_id FROM namespaces WHERE registry_id = $1 AND kind = 'global'
     ON CONFLICT (registry_id, name) DO NOTHING`,
    [registryId, name],
  );
  const [made] = await find();
  if (!made) throw new Error(`registry ${registryId} has no global namespace`);
  return made.id;
}

async function insertManifests(sql: Sql, repositoryId: number, manifests: readonly ManifestFacts[]): Promise<void> {
  for (const facts of manifests) {
    const [row] = await sql.query<{ id: string; fresh: boolean }>(
      `INSERT INTO manifests (repository_id, digest, media_type, artifact_type, config_media_type, config_digest, size,
                              manifest_size, os, architecture, variant, built_at, labels, annotations, subject_digest)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
       ON CONFLICT (repository_id, digest) DO UPDATE SET gone_at = NULL WHERE manifests.gone_at IS NOT NULL
       RETURNING id::text, xmax = 0 AS fresh`,
      [
        repositoryId,
        facts.digest,
        facts.mediaType,
        facts.artifactType,
        facts.configMediaType,
        facts.configDigest,
        facts.size,
        facts.manifestSize,
        facts.os,
        facts.architecture,
        facts.variant,
        facts.builtAt,
        JSON.stringify(facts.labels),
        JSON.stringify(facts.annotations),
        facts.subjectDigest,
      ],
    );
    if (row?.fresh) await insertChildren(sql, row.id, facts);
  }
}

async function noteGone(sql: Sql, repositoryId: number, digests: readonly string[]): Promise<void> {
  if (digests.length === 0) return;
  await sql.query(
    `UPDATE manifests SET gone_at = now() WHERE repository_id = $1 AND digest = ANY($2) AND gone_at IS NULL`,
    [repositoryId, digests],
  );
}

async function insertChildren(sql: Sql, parentId: string, facts: ManifestFacts): Promise<void> {
  if (facts.children.length === 0) return;
  await sql.query(
    `INSERT INTO manifest_children (parent_id, position, digest, media_type, os, architecture, variant, size, annotations)
     SELECT $1::bigint, c.position, c.digest, c."mediaType", c.os, c.architecture, c.variant, c.size, c.annotations
       FROM jsonb_to_recordset($2::jsonb) AS c(position smallint, digest text, "mediaType" text, os text,
                                               architecture text, variant text, size bigint, annotations jsonb)`,
    [parentId, JSON.stringify(facts.children.map((child, position) => ({ position, ...child })))],
  );
}

/** What is to be scanned are rows; the queue is only told that there are some. */
async function queueScans(sql: Sql, registryId: number, manifests: readonly ManifestFacts[]): Promise<void> {
  if (manifests.length === 0) return;
  await sql.query(
    `INSERT INTO scan_reports (registry_id, digest) SELECT $1, unnest($2::text[])
     ON CONFLICT (registry_id, digest) DO NOTHING`,
    [registryId, manifests.map((facts) => facts.digest).toSorted()],
  );
}

async function setTags(
  sql: Sql,
  repositoryId: number,
  tags: readonly SetTag[],
  learnedFrom: 'event' | 'sync',
): Promise<void> {
  if (tags.length === 0) return;
  const values = [
    repositoryId,
    tags.map((tag) => tag.name),
    tags.map((tag) => tag.digest),
    tags.map((tag) => tag.actor),
  ];
  // A tag that was pushed again without a known author keeps the one it had; a moved one must not.
  await sql.query(
    `INSERT INTO tags AS t (repository_id, name, manifest_id, author_id, username)
     SELECT $1, s.name, m.id, u.id, coalesce(u.username, s.actor)
       FROM unnest($2::text[], $3::text[], $4::text[]) AS s(name, digest, actor)
       JOIN manifests m ON m.repository_id = $1 AND m.digest = s.digest
       LEFT JOIN users u ON u.username = s.actor::citext
     ON CONFLICT (repository_id, name) DO UPDATE
        SET manifest_id = excluded.manifest_id, absent_since = NULL, updated_at = now(),
            author_id = CASE WHEN excluded.username IS NULL AND t.manifest_id = excluded.manifest_id THEN t.author_id ELSE excluded.author_id END,
            username = CASE WHEN excluded.username IS NULL AND t.manifest_id = excluded.manifest_id THEN t.username ELSE excluded.username END`,
    values,
  );
  const changed = tags.filter((tag) => tag.change !== 'pushed-again');
  await addRevisions(sql, repositoryId, changed, learnedFrom);
}

async function addRevisions(
  sql: Sql,
  repositoryId: number,
  changes: readonly { name: string; digest: string | null; actor: string | null }[],
  learnedFrom: 'event' | 'sync',
): Promise<void> {
  if (changes.length === 0) return;
  await sql.query(
    `INSERT INTO tag_revisions (repository_id, tag, digest, actor, learned_from)
     SELECT $1, c.*, $5 FROM unnest($2::text[], $3::text[], $4::text[]) c`,
    [
      repositoryId,
      changes.map((one) => one.name),
      changes.map((one) => one.digest),
      changes.map((one) => one.actor),
      learnedFrom,
    ],
  );
}

async function markTags(sql: Sql, repositoryId: number, plan: Plan): Promise<void> {
  if (plan.missing.length + plan.seen.length === 0) return;
  await sql.query(
    `UPDATE tags SET absent_since = CASE WHEN name = ANY($2) THEN now() END
      WHERE repository_id = $1 AND (name = ANY($2) OR name = ANY($3))`,
    [repositoryId, plan.missing, plan.seen],
  );
}

async function removeTags(
  sql: Sql,
  repositoryId: number,
  names: readonly string[],
  learnedFrom: 'event' | 'sync',
): Promise<void> {
  if (names.length === 0) return;
  await sql.query('DELETE FROM tags WHERE repository_id = $1 AND name = ANY($2)', [repositoryId, names]);
  const gone = names.map((name) => ({ name, digest: null, actor: null }));
  await addRevisions(sql, repositoryId, gone, learnedFrom);
}

/** Keeps the stored count true and notes what was proved. A repository without tags is hidden, its row stays. */
async function settleRepository(sql: Sql, id: number, change: CatalogChange): Promise<void> {
  const { set, remove } = change.plan;
  const counted = set.some((tag) => tag.change === 'new') || remove.length > 0;
  const count = counted ? `(SELECT count(*) FROM tags WHERE repository_id = $1)` : 'tags_count';
  await sql.query(
    `UPDATE repositories r
        SET tags_count = c.n,
            removed_at = CASE WHEN c.n > 0 OR $4 THEN NULL WHEN $5 THEN coalesce(removed_at, now()) ELSE removed_at END,
            absent_since = CASE WHEN $4 THEN NULL ELSE absent_since END,
            names_equal_at = CASE WHEN $2 THEN now() ELSE names_equal_at END,
            digests_equal_at = CASE WHEN $3 THEN now() ELSE digests_equal_at END,
            updated_at = CASE WHEN $6 THEN now() ELSE updated_at END
       FROM (SELECT ${count} AS n FROM repositories WHERE id = $1) c
      WHERE r.id = $1`,
    [id, change.proves.names, change.proves.digests, set.length > 0, remove.length > 0, set.length + remove.length > 0],
  );
}
