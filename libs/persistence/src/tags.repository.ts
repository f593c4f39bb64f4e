import type { NamespaceFacts, Visibility } from '#domain/policy/facts.js';
import type { ScanState } from '#domain/scan/scan-state.js';
import type { Severity, SeverityCounts } from '#domain/scan/severity.js';
import type { Database } from './database.js';
import { type Listed, type Page, readPage, type TAG_SORTS } from './listing.js';
import type { Viewer } from './namespaces.repository.js';
import { SCAN_COLUMNS } from './scan-columns.js';

export interface PlatformRow {
  os: string | null;
  architecture: string | null;
  variant: string | null;
  digest: string;
  size: number | null;
}

export interface TagRow {
  id: number;
  name: string;
  repositoryId: number;
  registryId: number;
  /** Of its repository. */
  fullName: string;
  /** As clients call it. */
  registryHostname: string;
  teamId: number;
  authorId: number | null;
  username: string | null;
  digest: string;
  mediaType: string;
  artifactType: string | null;
  configDigest: string | null;
  /** Bytes; a bigint arrives as text. */
  size: string;
  createdAt: Date;
  updatedAt: Date;
  pulledAt: Date | null;
  /** A bigint arrives as text. */
  pullCount: string;
  platforms: PlatformRow[];
  scanState: ScanState;
  scanReason: string | null;
  /** When the verdict was made that is shown; null: there is none. */
  verdictAt: Date | null;
  /** Its findings, or some of them, are made up. */
  scanDemo: boolean;
  worst: Severity | null;
  counts: SeverityCounts | null;
  namespaceId: number;
  namespaceName: string;
  namespaceKind: NamespaceFacts['kind'];
  visibility: Visibility;
  ownerId: number | null;
  role: NamespaceFacts['role'];
}

/** An image has its own platform; an index those of its children, without attestations (`unknown/unknown`). */
const PLATFORMS = `
  coalesce(
    (SELECT json_agg(json_build_object('os', c.os, 'architecture', c.architecture, 'variant', c.variant,
                                       'digest', c.digest, 'size', c.size) ORDER BY c.position)
       FROM manifest_children c WHERE c.parent_id = f.id AND c.os IS DISTINCT FROM 'unknown'),
    CASE WHEN f.os IS NULL THEN '[]'::json
         ELSE json_build_array(json_build_object('os', f.os, 'architecture', f.architecture, 'variant', f.variant,
                                                 'digest', f.digest, 'size', f.size)) END) AS platforms`;

const COLUMNS = `
  g.id, g.name, g.repository_id AS "repositoryId", p.registry_id AS "registryId", p.full_name AS "fullName",
  coalesce(r.external_hostname, r.hostname) AS "registryHostname",
  n.team_id AS "teamId", g.author_id AS "authorId", g.username, f.digest,
  f.media_type AS "mediaType", f.artifact_type AS "artifactType", f.config_digest AS "configDigest", f.size::text,
  g.created_at AS "createdAt", g.updated_at AS "updatedAt", g.pulled_at AS "pulledAt",
  g.pull_count AS "pullCount", ${PLATFORMS},
  ${SCAN_COLUMNS}, n.id AS "namespaceId", n.name AS "namespaceName", n.kind AS "namespaceKind", n.visibility,
  n.owner_id AS "ownerId", m.role`;

const ROWS = `
  tags g JOIN manifests f ON f.id = g.manifest_id JOIN repositories p ON p.id = g.repository_id
  JOIN namespaces n ON n.id = p.namespace_id JOIN registries r ON r.id = p.registry_id
  LEFT JOIN team_users m ON m.team_id = n.team_id AND m.user_id = $1
  LEFT JOIN scan_targets s ON s.registry_id = p.registry_id AND s.digest = f.digest`;
const FROM = `FROM ${ROWS}`;

const SORTS = {
  id: { by: 'g.id', type: 'integer' },
  name: { by: 'g.name', type: 'text' },
  created_at: { by: 'g.created_at', type: 'timestamptz' },
  updated_at: { by: 'g.updated_at', type: 'timestamptz' },
} as const;
type Sort = (typeof TAG_SORTS)[number];

export class TagsRepository {
  constructor(private readonly database: Database) {}

  /** Tags of one repository. */
  async ofRepository(viewer: Viewer, repositoryId: number, page: Page<Sort>): Promise<Listed<TagRow>> {
    return this.list(page, '$1::int IS NOT NULL AND g.repository_id = $2', [viewer.userId, repositoryId]);
  }

  /** One tag with the viewer's role in its namespace, whether visible or not. */
  async find(viewer: Viewer, id: number): Promise<TagRow | null> {
    const [row] = await this.database.query<TagRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE g.id = $2`,
      [viewer.userId, id],
    );
    return row ?? null;
  }

  /** Those of the tags that exist, by id, whether visible or not. */
  async findAll(viewer: Viewer, ids: readonly number[]): Promise<TagRow[]> {
    return this.database.query<TagRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE g.id = ANY($2::int[]) ORDER BY g.id`,
      [viewer.userId, ids],
    );
  }

  /** All tags; for administrators. */
  async page(viewer: Viewer, page: Page<Sort>): Promise<Listed<TagRow>> {
    return this.list(page, '$1::int IS NOT NULL', [viewer.userId]);
  }

  private list(page: Page<Sort>, where: string, values: unknown[]): Promise<Listed<TagRow>> {
    const name = 'g.name';
    const source = { from: 'tags g', where, values, id: 'g.id', sorts: SORTS, name, columns: COLUMNS, rows: ROWS };
    return readPage(this.database, source, page);
  }
}
