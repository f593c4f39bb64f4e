import type { NamespaceFacts, Visibility } from '#domain/policy/facts.js';
import type { Database, Sql } from './database.js';
import type { Listed, REPOSITORY_SORTS, Page } from './listing.js';
import { seenBy, type Viewer, VISIBLE_NAMESPACE } from './namespaces.repository.js';

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

const FROM = `
  FROM repositories p JOIN namespaces n ON n.id = p.namespace_id JOIN registries r ON r.id = p.registry_id
  LEFT JOIN team_users m ON m.team_id = n.team_id AND m.user_id = $1`;

/** Looked up for the rows of one page only. */
const WITH_SUMS = `
  SELECT q.*,
         (SELECT coalesce(sum(d.size), 0)::float8
            FROM (SELECT DISTINCT f.id, f.size FROM tags g JOIN manifests f ON f.id = g.manifest_id
                   WHERE g.repository_id = q.id) d) AS size,
         (SELECT max(g.updated_at) FROM tags g WHERE g.repository_id = q.id) AS "lastPushedAt"`;

export class RepositoriesRepository {
  constructor(private readonly database: Database) {}

  /** Repositories that hold something and that the viewer may pull from; of one namespace where it is given. */
  async page(
    viewer: Viewer,
    page: Page<(typeof REPOSITORY_SORTS)[number]>,
    namespaceId: number | null = null,
  ): Promise<Listed<RepositoryRow>> {
    const where = `WHERE p.removed_at IS NULL AND ${VISIBLE_NAMESPACE} AND ($4::int IS NULL OR n.id = $4)`;
    const values = [...seenBy(viewer), namespaceId];
    const [{ total } = { total: 0 }] = await this.database.query<{ total: number }>(
      `SELECT count(*)::int AS total ${FROM} ${where}`,
      values,
    );
    const items = await this.database.query<RepositoryRow & Record<string, unknown>>(
      `${WITH_SUMS} FROM (
         SELECT ${COLUMNS}, row_number() OVER (ORDER BY p.${page.sort} ${page.order}, p.id) AS place
           ${FROM} ${where} ORDER BY p.${page.sort} ${page.order}, p.id LIMIT $5 OFFSET $6) q ORDER BY q.place`,
      [...values, page.take, page.skip],
    );
    return { items, total };
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

  /** How many repositories, and tags in them, a namespace holds. */
  async countsOf(namespaceId: number): Promise<{ repositories: number; tags: number }> {
    const [row] = await this.database.query<{ repositories: number; tags: number }>(
      `SELECT count(*)::int AS repositories, coalesce(sum(tags_count), 0)::int AS tags FROM repositories
        WHERE namespace_id = $1 AND removed_at IS NULL`,
      [namespaceId],
    );
    return row ?? { repositories: 0, tags: 0 };
  }

  /** One repository with the viewer's role, whether visible or not. */
  async find(viewer: Viewer, id: number): Promise<RepositoryRow | null> {
    const [row] = await this.database.query<RepositoryRow & Record<string, unknown>>(
      `${WITH_SUMS} FROM (SELECT ${COLUMNS} ${FROM} WHERE p.id = $2 AND p.removed_at IS NULL) q`,
      [viewer.userId, id],
    );
    return row ?? null;
  }

  async describe(id: number, description: string, sql: Sql): Promise<void> {
    await sql.query('UPDATE repositories SET description = $2, updated_at = now() WHERE id = $1', [id, description]);
  }
}
