import {
  ATTESTATION_SUBJECT,
  ATTESTATION_TYPE,
  companionOf,
  companionTagsOf,
  kindOfArtifact,
  type ReferrerKind,
} from '#domain/manifest/referrers.js';
import type { Database } from './database.js';

/** What is kept of the manifest that a tag points to. */
export interface ManifestRow {
  digest: string;
  mediaType: string;
  artifactType: string | null;
  configMediaType: string | null;
  configDigest: string | null;
  /** Bytes; bigints arrive as text. */
  size: string;
  manifestSize: number;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  builtAt: Date | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  subjectDigest: string | null;
  children: {
    digest: string;
    mediaType: string;
    os: string | null;
    architecture: string | null;
    variant: string | null;
    size: number | null;
    annotations: Record<string, string>;
  }[];
}

/** A manifest that describes another one, and how that is known. */
export interface ReferrerRow {
  digest: string;
  describes: string;
  kind: ReferrerKind;
  foundBy: 'subject' | 'attestation' | 'tag';
  mediaType: string;
  artifactType: string | null;
  size: number | null;
  tag: string | null;
  annotations: Record<string, string>;
}

/** Who else has a digest. */
export interface Sharing {
  tags: string[];
  /** Indexes that list it, with the tags that they have. */
  indexes: { digest: string; tags: string[] }[];
}

/** The stored facts of manifests. */
export class ManifestsRepository {
  constructor(private readonly database: Database) {}

  /** The manifest of a tag; null when there is no such tag. */
  async ofTag(tagId: number): Promise<ManifestRow | null> {
    const [row] = await this.database.query<ManifestRow & Record<string, unknown>>(
      `SELECT f.digest, f.media_type AS "mediaType", f.artifact_type AS "artifactType",
              f.config_media_type AS "configMediaType", f.config_digest AS "configDigest", f.size::text,
              f.manifest_size AS "manifestSize", f.os, f.architecture, f.variant, f.built_at AS "builtAt", f.labels,
              f.annotations, f.subject_digest AS "subjectDigest",
              coalesce((SELECT json_agg(json_build_object('digest', c.digest, 'mediaType', c.media_type, 'os', c.os,
                          'architecture', c.architecture, 'variant', c.variant, 'size', c.size,
                          'annotations', c.annotations) ORDER BY c.position)
                          FROM manifest_children c WHERE c.parent_id = f.id), '[]') AS children
         FROM tags g JOIN manifests f ON f.id = g.manifest_id WHERE g.id = $1`,
      [tagId],
    );
    return row ?? null;
  }

  /**
   * What describes the manifest of a tag, or an image inside of it when it is an index; at most `limit`, by digest. By
   * `subject` (OCI image spec 1.1), as attestation entry of an index (buildx), or by the name of a tag (cosign).
   */
  async referrersOf(repositoryId: number, digest: string, limit: number): Promise<ReferrerRow[]> {
    const inside = await this.database.query<{ digest: string }>(
      `SELECT DISTINCT c.digest FROM manifests f JOIN manifest_children c ON c.parent_id = f.id
        WHERE f.repository_id = $1 AND f.digest = $2 LIMIT $3`,
      [repositoryId, digest, limit],
    );
    const digests = [...new Set([digest, ...inside.map((child) => child.digest)])];
    const found = [
      ...(await this.bySubject(repositoryId, digests, limit)),
      ...(await this.byAttestation(repositoryId, digests, limit)),
      ...(await this.byTag(repositoryId, digests, limit)),
    ];
    const unique = new Map(found.toReversed().map((one) => [`${one.digest} ${one.describes}`, one]));
    return [...unique.values()].toSorted((a, b) => (a.digest < b.digest ? -1 : 1)).slice(0, limit);
  }

  private async bySubject(repositoryId: number, digests: string[], limit: number): Promise<ReferrerRow[]> {
    const rows = await this.database.query<Omit<ReferrerRow, 'kind' | 'foundBy'> & { type: string | null }>(
      `SELECT f.digest, f.subject_digest AS describes, f.media_type AS "mediaType", f.artifact_type AS "artifactType",
              coalesce(f.artifact_type, f.config_media_type) AS type, f.size::float8 AS size, f.annotations,
              (SELECT min(g.name) FROM tags g WHERE g.manifest_id = f.id) AS tag
         FROM manifests f
        WHERE f.repository_id = $1 AND f.subject_digest = ANY($2) AND f.gone_at IS NULL ORDER BY f.digest LIMIT $3`,
      [repositoryId, digests, limit],
    );
    return rows.map(({ type, ...row }) => ({ ...row, kind: kindOfArtifact(type), foundBy: 'subject' }));
  }

  private async byAttestation(repositoryId: number, digests: string[], limit: number): Promise<ReferrerRow[]> {
    const rows = await this.database.query<Omit<ReferrerRow, 'kind' | 'foundBy'>>(
      `SELECT DISTINCT ON (a.digest) a.digest, a.annotations ->> $3 AS describes, a.media_type AS "mediaType",
              k.artifact_type AS "artifactType", a.size::float8 AS size, NULL AS tag, a.annotations
         FROM manifest_children c
         JOIN manifests p ON p.id = c.parent_id AND p.repository_id = $1 AND p.gone_at IS NULL
         JOIN manifest_children a ON a.parent_id = c.parent_id
         LEFT JOIN manifests k ON k.repository_id = $1 AND k.digest = a.digest
        WHERE c.digest = ANY($2) AND a.annotations ->> $3 = ANY($2) AND a.annotations ? $4
        ORDER BY a.digest LIMIT $5`,
      [repositoryId, digests, ATTESTATION_SUBJECT, ATTESTATION_TYPE, limit],
    );
    return rows.map((row) => ({ ...row, kind: 'attestation', foundBy: 'attestation' }));
  }

  private async byTag(repositoryId: number, digests: string[], limit: number): Promise<ReferrerRow[]> {
    const rows = await this.database.query<Omit<ReferrerRow, 'kind' | 'foundBy' | 'describes'> & { tag: string }>(
      `SELECT f.digest, f.media_type AS "mediaType", f.artifact_type AS "artifactType", f.size::float8 AS size,
              f.annotations, g.name AS tag
         FROM tags g JOIN manifests f ON f.id = g.manifest_id
        WHERE g.repository_id = $1 AND g.name = ANY($2) ORDER BY f.digest LIMIT $3`,
      [repositoryId, digests.flatMap(companionTagsOf), limit],
    );
    return rows.flatMap((row) => {
      const companion = companionOf(row.tag);
      if (!companion?.kind) return [];
      return [{ ...row, describes: companion.describes, kind: companion.kind, foundBy: 'tag' as const }];
    });
  }

  /** Which tags have the digest, and which indexes list it; at most a hundred of each. */
  async sharing(repositoryId: number, digest: string): Promise<Sharing> {
    const tags = await this.database.query<{ name: string }>(
      `SELECT g.name FROM tags g JOIN manifests f ON f.id = g.manifest_id
        WHERE f.repository_id = $1 AND f.digest = $2 ORDER BY g.name LIMIT 100`,
      [repositoryId, digest],
    );
    const indexes = await this.database.query<{ digest: string; tags: string[] }>(
      `SELECT p.digest, coalesce((SELECT array_agg(g.name ORDER BY g.name) FROM tags g WHERE g.manifest_id = p.id), '{}') AS tags
         FROM manifests p
        WHERE p.repository_id = $1 AND p.gone_at IS NULL
          AND EXISTS (SELECT FROM manifest_children c WHERE c.parent_id = p.id AND c.digest = $2)
        ORDER BY p.digest LIMIT 100`,
      [repositoryId, digest],
    );
    return { tags: tags.map((tag) => tag.name), indexes };
  }
}
