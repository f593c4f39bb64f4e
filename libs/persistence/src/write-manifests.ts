import type { ManifestFacts } from '#domain/manifest/manifest-facts.js';
import { isImageConfig } from '#domain/manifest/media-types.js';
import type { StoredChange } from './catalog-change.js';
import type { Sql } from './database.js';

/** Stores what was read, the children of indexes, and that it waits to be scanned; notes what is gone. */
export async function writeManifests(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  await insertManifests(sql, changes);
  await noteGone(sql, changes);
}

async function insertManifests(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  const all = changes.flatMap(({ repositoryId, manifests }) => manifests.map((facts) => ({ repositoryId, ...facts })));
  if (all.length === 0) return;
  const made = await sql.query<{ id: string; repositoryId: number; digest: string; fresh: boolean }>(
    `INSERT INTO manifests (repository_id, digest, media_type, artifact_type, config_media_type, config_digest, size,
                            manifest_size, annotations, subject_digest)
     SELECT "repositoryId", digest, "mediaType", "artifactType", "configMediaType", "configDigest", size,
            "manifestSize", annotations, "subjectDigest"
       FROM jsonb_to_recordset($1::jsonb) AS m(
         "repositoryId" int, digest text, "mediaType" text, "artifactType" text, "configMediaType" text,
         "configDigest" text, size bigint, "manifestSize" int, annotations jsonb,
         "subjectDigest" text)
     ON CONFLICT (repository_id, digest) DO UPDATE SET gone_at = NULL WHERE manifests.gone_at IS NOT NULL
     RETURNING id, repository_id AS "repositoryId", digest, xmax = 0 AS fresh`,
    [JSON.stringify(all.map((facts) => ({ ...facts, children: undefined })))],
  );
  const idOf = new Map(made.filter((row) => row.fresh).map((row) => [`${row.repositoryId} ${row.digest}`, row.id]));
  const fresh = all.flatMap((facts) => {
    const id = idOf.get(`${facts.repositoryId} ${facts.digest}`);
    return id ? [{ id, ...facts }] : [];
  });
  await insertChildren(sql, fresh);
  await queueConfigs(sql, fresh);
  await queueScans(sql, changes);
}

async function noteGone(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  const all = changes.flatMap(({ repositoryId, gone }) => gone.map((digest) => ({ repositoryId, digest })));
  if (all.length === 0) return;
  await sql.query(
    `UPDATE manifests m SET gone_at = now() FROM unnest($1::int[], $2::text[]) AS w(repository_id, digest)
      WHERE m.repository_id = w.repository_id AND m.digest = w.digest AND m.gone_at IS NULL`,
    [all.map((one) => one.repositoryId), all.map((one) => one.digest)],
  );
}

/** A manifest that has just got its row. */
type FreshManifest = ManifestFacts & { id: string };

async function insertChildren(sql: Sql, manifests: readonly FreshManifest[]): Promise<void> {
  const children = manifests.flatMap(({ id, children }) =>
    children.map((child, position) => ({ parentId: id, position, ...child })),
  );
  if (children.length === 0) return;
  await sql.query(
    `INSERT INTO manifest_children (parent_id, position, digest, media_type, os, architecture, variant, size, annotations)
     SELECT "parentId", position, digest, "mediaType", os, architecture, variant, size, annotations
       FROM jsonb_to_recordset($1::jsonb) AS c("parentId" bigint, position smallint, digest text, "mediaType" text, os text,
                                               architecture text, variant text, size bigint, annotations jsonb)`,
    [JSON.stringify(children)],
  );
}

/** What only an image's configuration tells is read later: the image is in the catalog before. */
async function queueConfigs(sql: Sql, manifests: readonly FreshManifest[]): Promise<void> {
  const images = manifests.filter(
    ({ configMediaType, configDigest }) => configDigest && isImageConfig(configMediaType),
  );
  if (images.length === 0) return;
  await sql.query('INSERT INTO waiting_configs (manifest_id) SELECT unnest($1::bigint[])', [
    images.map(({ id }) => id),
  ]);
}

/**
 * What is to be scanned are rows; the queue is only told that there are some. In one order for all, so that two that
 * bring the same images do not wait for each other. One that was gone is looked at anew.
 */
async function queueScans(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  const wanted = changes.flatMap(({ registryId, manifests }) =>
    manifests.map(({ digest }) => ({ registryId, digest })),
  );
  await sql.query(
    `INSERT INTO scan_targets AS t (registry_id, digest)
     SELECT DISTINCT w.registry_id, w.digest FROM unnest($1::int[], $2::text[]) AS w(registry_id, digest)
      WHERE NOT EXISTS (SELECT FROM scan_targets s WHERE s.registry_id = w.registry_id AND s.digest = w.digest
                                                     AND (s.unplanned OR s.state <> 'none'))
      ORDER BY w.registry_id, w.digest
     ON CONFLICT (registry_id, digest) DO UPDATE SET unplanned = true WHERE t.state = 'none' AND NOT t.unplanned`,
    [wanted.map((one) => one.registryId), wanted.map((one) => one.digest)],
  );
}
