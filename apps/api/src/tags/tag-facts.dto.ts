import { z } from 'zod';
import { REFERRER_KINDS } from '#domain/manifest/referrers.js';
import type { ManifestRow, ReferrerRow } from '#persistence/manifests.repository.js';
import type { RevisionRow } from '#persistence/tag-history.repository.js';

const texts = z.record(z.string(), z.string());
const platform = { os: z.string().nullable(), architecture: z.string().nullable(), variant: z.string().nullable() };

export const manifestView = z
  .object({
    digest: z.string(),
    media_type: z.string(),
    artifact_type: z.string().nullable(),
    config_media_type: z.string().nullable(),
    config_digest: z.string().nullable(),
    size: z.number(),
    manifest_size: z.number(),
    ...platform,
    created: z.string().nullable(),
    labels: texts,
    annotations: texts,
    subject: z.string().nullable(),
    manifests: z.array(
      z.object({
        digest: z.string(),
        media_type: z.string(),
        ...platform,
        size: z.number().nullable(),
        annotations: texts,
      }),
    ),
  })
  .meta({ id: 'Manifest' });

/** `created`: when the image was built, by its own word; `manifests`: the entries of an index. Sizes are bytes. */
export function viewManifest(row: ManifestRow): z.output<typeof manifestView> {
  return {
    digest: row.digest,
    media_type: row.mediaType,
    artifact_type: row.artifactType,
    config_media_type: row.configMediaType,
    config_digest: row.configDigest,
    size: Number(row.size),
    manifest_size: row.manifestSize,
    os: row.os,
    architecture: row.architecture,
    variant: row.variant,
    created: row.builtAt?.toISOString() ?? null,
    labels: row.labels,
    annotations: row.annotations,
    subject: row.subjectDigest,
    manifests: row.children.map(({ mediaType, ...child }) => ({ ...child, media_type: mediaType })),
  };
}

export const referrerView = z
  .object({
    digest: z.string(),
    describes: z.string(),
    kind: z.enum(REFERRER_KINDS),
    found_by: z.enum(['subject', 'attestation', 'tag']),
    media_type: z.string(),
    artifact_type: z.string().nullable(),
    size: z.number().nullable(),
    tag: z.string().nullable(),
    annotations: texts,
  })
  .meta({ id: 'Referrer' });

export function viewReferrer(row: ReferrerRow): z.output<typeof referrerView> {
  const { foundBy, mediaType, artifactType, ...rest } = row;
  return { ...rest, found_by: foundBy, media_type: mediaType, artifact_type: artifactType };
}

export const revisionView = z
  .object({
    id: z.number(),
    digest: z.string().nullable(),
    actor: z.string().nullable(),
    learned_from: z.enum(['event', 'sync']),
    seen_at: z.string(),
    media_type: z.string().nullable(),
    size: z.number().nullable(),
    kept: z.boolean().nullable(),
  })
  .meta({ id: 'TagRevision' });

/** A null `digest`: the tag was removed. `kept`: whether the registry still had that manifest when last heard of; null where it was never read. */
export function viewRevision(row: RevisionRow): z.output<typeof revisionView> {
  const { learnedFrom, seenAt, mediaType, ...rest } = row;
  return { ...rest, learned_from: learnedFrom, seen_at: seenAt.toISOString(), media_type: mediaType };
}
