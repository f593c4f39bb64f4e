import type { House } from './house.js';
import { SHARED_SIZE, type StoredRepository } from './storage.js';

/** Writes what a first sync of these repositories would have written, all of which have the same tags. */
export async function fillCatalog(house: House, repositories: readonly StoredRepository[]): Promise<void> {
  const names = repositories.map(({ name }) => name);
  const tags = [...(repositories[0]?.tags ?? [])];
  await house.sql.query(
    `INSERT INTO namespaces (registry_id, name, kind, visibility, team_id)
     SELECT g.registry_id, n, 'team', 'private', g.team_id
       FROM namespaces g, (SELECT DISTINCT split_part(unnest($1::text[]), '/', 1) AS n) s WHERE g.kind = 'global'`,
    [names],
  );
  await house.sql.query(
    `INSERT INTO repositories (registry_id, namespace_id, full_name, name, tags_count)
     SELECT s.registry_id, s.id, full_name, split_part(full_name, '/', 2), $2
       FROM unnest($1::text[]) AS full_name JOIN namespaces s ON s.name = split_part(full_name, '/', 1)`,
    [names, tags.length],
  );
  await house.sql.query(
    `WITH made AS (
       INSERT INTO manifests (repository_id, digest, media_type, size, manifest_size)
       SELECT r.id, t.digest, 'application/vnd.oci.image.manifest.v1+json', $3, 1
         FROM repositories r, unnest($1::text[]) AS t(digest) RETURNING id, repository_id, digest)
     INSERT INTO tags (repository_id, name, manifest_id)
     SELECT made.repository_id, t.name, made.id FROM made
       JOIN unnest($1::text[], $2::text[]) AS t(digest, name) ON t.digest = made.digest`,
    [tags.map(([, { digest }]) => digest), tags.map(([name]) => name), SHARED_SIZE],
  );
  await house.sql.query('VACUUM ANALYZE');
}
