import type { Database } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

/** One step in the history of a tag; a null digest: it was removed. */
export interface RevisionRow {
  id: number;
  digest: string | null;
  actor: string | null;
  learnedFrom: 'event' | 'sync';
  seenAt: Date;
  mediaType: string | null;
  /** Bytes. */
  size: number | null;
  /** Whether the registry still had its manifest when we last heard of it; null: it was never read. */
  kept: boolean | null;
}

/** Every digest that a tag had. By repository and name: a tag that was removed and pushed again has one history. */
export class TagHistoryRepository {
  constructor(private readonly database: Database) {}

  /** Revisions of a tag. */
  async page(repositoryId: number, tag: string, page: Page<'id'>): Promise<Listed<RevisionRow>> {
    const source = {
      from: 'tag_revisions v',
      where: 'v.repository_id = $1 AND v.tag = $2',
      values: [repositoryId, tag],
      id: 'v.id',
      idType: 'bigint',
      sorts: { id: { by: 'v.id', type: 'bigint' } },
      columns: `v.id::float8 AS id, v.digest, v.actor, v.learned_from AS "learnedFrom", v.seen_at AS "seenAt",
                f.media_type AS "mediaType", f.size::float8 AS size,
                CASE WHEN f.id IS NOT NULL THEN f.gone_at IS NULL END AS kept`,
      rows: 'tag_revisions v LEFT JOIN manifests f ON f.repository_id = v.repository_id AND f.digest = v.digest',
    } as const;
    return readPage(this.database, source, page);
  }

  /** The digest of one revision of the tag; null when it is not one of its revisions, or a removal. */
  async digestOf(repositoryId: number, tag: string, revision: number): Promise<string | null> {
    const [row] = await this.database.query<{ digest: string | null }>(
      'SELECT digest FROM tag_revisions WHERE id = $3::bigint AND repository_id = $1 AND tag = $2',
      [repositoryId, tag, revision],
    );
    return row?.digest ?? null;
  }

  /** Whether the tag ever had the digest. */
  async had(repositoryId: number, tag: string, digest: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM tag_revisions WHERE repository_id = $1 AND tag = $2 AND digest = $3 LIMIT 1',
      [repositoryId, tag, digest],
    );
    return rows.length > 0;
  }
}
