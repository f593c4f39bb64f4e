import type { NamespaceFacts, Visibility } from '#domain/policy/facts.js';
import { SEVERITIES, type SeverityCounts } from '#domain/scan/severity.js';
import type { Database, Sql } from './database.js';
import { type Listed, type Page, readPage, type REPOSITORY_SORTS } from './listing.js';
import type { Viewer } from './namespaces.repository.js';
import { visibleNamespaces } from './visible-namespaces.js';

export interface RepositoryRow {
  id: number;
  name: string;
  fullName: string;
  registryId: number;
  teamId: number;
  description: string;
  tagsCount: number;
  createdAt: Date;
  updatedAt: Date;
  namespaceId: number;
  namespaceName: string;
  namespaceKind: NamespaceFacts['kind'];
  visibility: Visibility;
  ownerId: number | null;
  registryHostname: string;
  /** Bytes of what its tags point to, each digest once. */
  size: number;
  /** When a tag was last pushed or moved. */
  lastPushedAt: Date | null;
  /** When its names, and its digests, were last proved equal to the registry. */
  namesEqualAt: Date | null;
  digestsEqualAt: Date | null;
  /** A bigint arrives as text. */
  pullCount: string;
  pulledAt: Date | null;
  /** Of the images that are tagged, each once; `unknown_images` have no verdict. */
  scan: SeverityCounts & { images: number; unknown_images: number; verdict_at: string | null; demo: boolean };
  stars: number;
  /** Whether the viewer likes it. */
  starred: boolean;
  role: NamespaceFacts['role'];
}

export type InNamespaceRow = Pick<
  RepositoryRow,
  'namespaceId' | 'namespaceName' | 'namespaceKind' | 'visibility' | 'ownerId' | 'role'
>;

const COLUMNS = `
  p.id, p.name, p.full_name AS "fullName", p.registry_id AS "registryId", n.team_id AS "teamId", p.description,
  p.tags_count AS "tagsCount", p.created_at AS "createdAt", p.updated_at AS "updatedAt", p.pull_count AS "pullCount",
  p.pulled_at AS "pulledAt", p.names_equal_at AS "namesEqualAt", p.digests_equal_at AS "digestsEqualAt",
  p.stars, EXISTS (SELECT FROM stars s WHERE s.repository_id = p.id AND s.user_id = $1) AS starred,
  n.id AS "namespaceId", n.name AS "namespaceName", n.kind AS "namespaceKind",
  n.visibility, n.owner_id AS "ownerId", coalesce(r.external_hostname, r.hostname) AS "registryHostname", m.role`;

const ROWS = `
  repositories p JOIN namespaces n ON n.id = p.namespace_id JOIN registries r ON r.id = p.registry_id
  LEFT JOIN team_users m ON m.team_id = n.team_id AND m.user_id = $1`;
const FROM = `FROM ${ROWS}`;

const SORTS = {
  id: { by: 'p.id', type: 'integer' },
  name: { by: 'p.name', type: 'text' },
  full_name: { by: 'p.full_name', type: 'text' },
  created_at: { by: 'p.created_at', type: 'timestamptz' },
  updated_at: { by: 'p.updated_at', type: 'timestamptz' },
} as const;

const SCAN_SUMS = [...SEVERITIES, 'fixable'].map((name) => `'${name}', coalesce(sum(d.${name}), 0)`).join(', ');

/** Looked up for the rows of one page only. */
const SUMS = `
  (SELECT coalesce(sum(d.size), 0)::float8
     FROM (SELECT DISTINCT f.id, f.size FROM tags g JOIN manifests f ON f.id = g.manifest_id
            WHERE g.repository_id = p.id) d) AS size,
  (SELECT max(g.updated_at) FROM tags g WHERE g.repository_id = p.id) AS "lastPushedAt",
  (SELECT json_build_object('images', count(*), 'unknown_images', count(*) FILTER (WHERE d.verdict_at IS NULL),
            'verdict_at', min(d.verdict_at), 'demo', coalesce(bool_or(d.demo), false), ${SCAN_SUMS})
     FROM (SELECT DISTINCT s.* FROM tags g JOIN manifests f ON f.id = g.manifest_id
             JOIN scan_targets s ON s.registry_id = p.registry_id AND s.digest = f.digest
            WHERE g.repository_id = p.id) d) AS scan`;

export class RepositoriesRepository {
  constructor(private readonly database: Database) {}

  /** Repositories that hold something and that the viewer may pull from; of one namespace where it is given. */
  async page(
    viewer: Viewer,
    page: Page<(typeof REPOSITORY_SORTS)[number]>,
    namespaceId: number | null = null,
  ): Promise<Listed<RepositoryRow>> {
    const ids = await visibleNamespaces(this.database, viewer);
    const inside = namespaceId === null ? '$3::int IS NULL' : 'p.namespace_id = $3';
    const visible = ids === null ? '$2::int[] IS NULL' : 'p.namespace_id = ANY($2::int[])';
    const source = {
      from: 'repositories p',
      where: `p.removed_at IS NULL AND ${inside} AND ${visible} AND $1::int IS NOT NULL`,
      values: [viewer.userId, ids, namespaceId],
      id: 'p.id',
      sorts: SORTS,
      name: 'p.full_name',
      columns: `${COLUMNS}, ${SUMS}`,
      rows: ROWS,
    };
    return readPage(this.database, source, page);
  }

  /** The namespace of a repository, also of one in which nothing is tagged any more. */
  async place(viewer: Viewer, id: number): Promise<InNamespaceRow | null> {
    const [row] = await this.database.query<InNamespaceRow & Record<string, unknown>>(
      `SELECT n.id AS "namespaceId", n.name AS "namespaceName", n.kind AS "namespaceKind", n.visibility,
              n.owner_id AS "ownerId", m.role ${FROM} WHERE p.id = $2`,
      [viewer.userId, id],
    );
    return row ?? null;
  }

  /** How many repositories, and tags in them, namespaces hold. */
  async countsOf(namespaceIds: readonly number[]): Promise<{ repositories: number; tags: number }> {
    const [row] = await this.database.query<{ repositories: number; tags: number }>(
      `SELECT count(*)::int AS repositories, coalesce(sum(tags_count), 0)::int AS tags FROM repositories
        WHERE namespace_id = ANY($1::int[]) AND removed_at IS NULL`,
      [namespaceIds],
    );
    return row ?? { repositories: 0, tags: 0 };
  }

  /** One repository with the viewer's role, whether visible or not. */
  async find(viewer: Viewer, id: number): Promise<RepositoryRow | null> {
    const [row] = await this.database.query<RepositoryRow & Record<string, unknown>>(
      `SELECT ${COLUMNS}, ${SUMS} ${FROM} WHERE p.id = $2 AND p.removed_at IS NULL`,
      [viewer.userId, id],
    );
    return row ?? null;
  }

  async describe(id: number, description: string, sql: Sql): Promise<void> {
    await sql.query('UPDATE repositories SET description = $2, updated_at = now() WHERE id = $1', [id, description]);
  }
}
