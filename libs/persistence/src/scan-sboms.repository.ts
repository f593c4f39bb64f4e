import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Database, Sql } from './database.js';

/** An SBOM that a scanner made, without its body. */
export interface SbomRow {
  id: string;
  scanner: string;
  /** Of the image, or of one of its platforms. */
  digest: string;
  mediaType: string;
  /** Bytes. */
  size: number;
  createdAt: Date;
}

/** An SBOM to be stored. */
export interface NewSbom {
  mediaType: string;
  /** Bytes of the document. */
  size: number;
  /** The document, gzipped. */
  packed: Buffer;
}

interface Image {
  registryId: number;
  digest: string;
}

const MAX_LISTED = 500;
/** More is not unpacked, whatever lies in the database. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The digest `$2` of the registry `$1`, and those of the platforms that it lists. */
const TREE = `
  WITH RECURSIVE tree AS (
    SELECT $2::text AS digest, 0 AS depth
    UNION
    SELECT c.digest, t.depth + 1 FROM tree t JOIN manifests m ON m.digest = t.digest
      JOIN repositories r ON r.id = m.repository_id AND r.registry_id = $1
      JOIN manifest_children c ON c.parent_id = m.id AND c.os IS DISTINCT FROM 'unknown'
     WHERE t.depth < 4)`;
const OF_IMAGE = `
  FROM scan_targets x JOIN scan_sboms b ON b.target_id = x.id
 WHERE x.registry_id = $1 AND x.digest IN (SELECT digest FROM tree)`;

/** SBOMs that scanners made, by digest. */
export class ScanSbomsRepository {
  constructor(private readonly database: Database) {}

  /** Of an image and its platforms. */
  async of({ registryId, digest }: Image): Promise<SbomRow[]> {
    return this.database.query<SbomRow & Record<string, unknown>>(
      `${TREE} SELECT b.id::text, b.scanner, x.digest, b.media_type AS "mediaType", b.size, b.created_at AS "createdAt"
       ${OF_IMAGE} ORDER BY x.digest, b.scanner LIMIT ${MAX_LISTED}`,
      [registryId, digest],
    );
  }

  /** null: it is none of this image. */
  async read({ registryId, digest }: Image, id: number): Promise<{ body: Buffer; mediaType: string } | null> {
    const [row] = await this.database.query<{ packed: Buffer; mediaType: string }>(
      `${TREE} SELECT b.packed, b.media_type AS "mediaType" ${OF_IMAGE} AND b.id = $3`,
      [registryId, digest, id],
    );
    if (row === undefined) return null;
    const body = await promisify(gunzip)(row.packed, { maxOutputLength: MAX_BYTES });
    return { body, mediaType: row.mediaType };
  }
}

/** Keeps the SBOM of a scan in place of the former one of the same scanner. */
export async function storeSbom(sql: Sql, targetId: string, scanner: string, sbom: NewSbom): Promise<void> {
  await sql.query(
    `INSERT INTO scan_sboms (target_id, scanner, media_type, size, packed) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (target_id, scanner) DO UPDATE
        SET media_type = excluded.media_type, size = excluded.size, packed = excluded.packed, created_at = now()`,
    [targetId, scanner, sbom.mediaType, sbom.size, sbom.packed],
  );
}
