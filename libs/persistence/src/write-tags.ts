import type { StoredChange } from './catalog-change.js';
import type { Sql } from './database.js';
import { keepRemovedTags } from './removed-tags.repository.js';

/** Sets, marks and removes tags as the plans say, and notes every digest that a tag got or lost. */
export async function writeTags(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  await setTags(sql, changes);
  await markTags(sql, changes);
  for (const { repositoryId, restorable } of changes)
    if (restorable) await keepRemovedTags(sql, restorable.runId, repositoryId, restorable.names);
  await removeTags(sql, changes);
  await addRevisions(sql, changes);
}

async function setTags(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  const tags = changes.flatMap(({ repositoryId, plan }) => plan.set.map((tag) => ({ repositoryId, ...tag })));
  if (tags.length === 0) return;
  // A tag that was pushed again without a known author keeps the one it had; a moved one must not.
  await sql.query(
    `INSERT INTO tags AS t (repository_id, name, manifest_id, author_id, username)
     SELECT s.repository_id, s.name, m.id, u.id, coalesce(u.username, s.actor)
       FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS s(repository_id, name, digest, actor)
       JOIN manifests m ON m.repository_id = s.repository_id AND m.digest = s.digest
       LEFT JOIN users u ON u.username = s.actor::citext
     ON CONFLICT (repository_id, name) DO UPDATE
        SET manifest_id = excluded.manifest_id, absent_since = NULL, updated_at = now(),
            author_id = CASE WHEN excluded.username IS NULL AND t.manifest_id = excluded.manifest_id THEN t.author_id ELSE excluded.author_id END,
            username = CASE WHEN excluded.username IS NULL AND t.manifest_id = excluded.manifest_id THEN t.username ELSE excluded.username END`,
    [
      tags.map((tag) => tag.repositoryId),
      tags.map((tag) => tag.name),
      tags.map((tag) => tag.digest),
      tags.map((tag) => tag.actor),
    ],
  );
}

async function addRevisions(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  const revisions = changes.flatMap(({ repositoryId, learnedFrom, overtaken, plan }) => [
    ...overtaken.map((push) => ({ repositoryId, learnedFrom: 'event', ...push })),
    ...plan.set
      .filter((tag) => tag.change !== 'pushed-again')
      .map(({ name, digest, actor }) => ({ repositoryId, learnedFrom, name, digest, actor })),
    ...plan.remove.map((name) => ({ repositoryId, learnedFrom, name, digest: null, actor: null })),
  ]);
  if (revisions.length === 0) return;
  await sql.query(
    `INSERT INTO tag_revisions (repository_id, tag, digest, actor, learned_from)
     SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[])`,
    [
      revisions.map((one) => one.repositoryId),
      revisions.map((one) => one.name),
      revisions.map((one) => one.digest),
      revisions.map((one) => one.actor),
      revisions.map((one) => one.learnedFrom),
    ],
  );
}

async function markTags(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  const marks = changes.flatMap(({ repositoryId, plan }) => [
    ...plan.seen.map((name) => ({ repositoryId, name, missing: false })),
    ...plan.missing.map((name) => ({ repositoryId, name, missing: true })),
  ]);
  if (marks.length === 0) return;
  await sql.query(
    `UPDATE tags t SET absent_since = CASE WHEN w.missing THEN now() END
       FROM unnest($1::int[], $2::text[], $3::bool[]) AS w(repository_id, name, missing)
      WHERE t.repository_id = w.repository_id AND t.name = w.name`,
    [marks.map((one) => one.repositoryId), marks.map((one) => one.name), marks.map((one) => one.missing)],
  );
}

async function removeTags(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  const gone = changes.flatMap(({ repositoryId, plan }) => plan.remove.map((name) => ({ repositoryId, name })));
  if (gone.length === 0) return;
  await sql.query(
    `DELETE FROM tags t USING unnest($1::int[], $2::text[]) AS w(repository_id, name)
      WHERE t.repository_id = w.repository_id AND t.name = w.name`,
    [gone.map((one) => one.repositoryId), gone.map((one) => one.name)],
  );
}
