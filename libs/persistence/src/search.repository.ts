import type { Visibility } from '#domain/policy/facts.js';
import type { Database } from './database.js';
import { containing, escapedForLike } from './like.js';
import { type Listed, type Page, readPage } from './listing.js';
import { seenBy, type Viewer, VISIBLE_NAMESPACE } from './namespaces.repository.js';

export const SEARCH_TYPES = ['repository', 'namespace', 'team', 'tag'] as const;
export type SearchType = (typeof SEARCH_TYPES)[number];

export interface Found {
  type: SearchType;
  id: number;
  /** Of a tag: `repository:tag`. */
  name: string;
  description: string;
  /** Of the namespace that it is, or lies in; null for teams. */
  visibility: Visibility | null;
  repositoryId: number | null;
}

/** A public repository, and under which host clients reach it. */
export interface Explored extends Found {
  registryHostname: string;
}

/** So many hits are looked at to find the best of them: a word that is everywhere must not cost a sort of everything. */
const CANDIDATES = 1_000;
/** pg_trgm finds the middle of a name by three letters; shorter words are looked for at its beginning. */
const SHORTEST_INSIDE = 3;

const NAMESPACE = `JOIN namespaces n ON n.id = p.namespace_id LEFT JOIN team_users m ON m.team_id = n.team_id AND m.user_id = $1`;

/** The part of the query that differs by type: rows `type, id, name, description, visibility, "repositoryId"`. */
const SOURCES: Readonly<Record<SearchType, string>> = {
  repository: `
    SELECT 'repository' AS type, p.id, p.full_name AS name, p.description, n.visibility, p.id AS "repositoryId"
      FROM repositories p ${NAMESPACE}
     WHERE p.full_name LIKE $4 AND p.removed_at IS NULL AND ${VISIBLE_NAMESPACE}`,
  namespace: `
    SELECT 'namespace', n.id, n.name, n.description, n.visibility, NULL
      FROM namespaces n LEFT JOIN team_users m ON m.team_id = n.team_id AND m.user_id = $1
     WHERE n.name LIKE $4 AND n.name <> '' AND ${VISIBLE_NAMESPACE}`,
  team: `
    SELECT 'team', t.id, t.name::text, t.description, NULL, NULL
      FROM teams t LEFT JOIN team_users m ON m.team_id = t.id AND m.user_id = $1
     WHERE lower(t.name::text) LIKE $4 AND NOT t.hidden AND ($2 OR m.role IS NOT NULL) AND $3::text[] IS NULL`,
  tag: `
    SELECT 'tag', g.id, p.full_name || ':' || g.name, '', n.visibility, p.id
      FROM tags g JOIN repositories p ON p.id = g.repository_id ${NAMESPACE}
     WHERE g.name LIKE $4 AND p.removed_at IS NULL AND ${VISIBLE_NAMESPACE}`,
};

export class SearchRepository {
  constructor(private readonly database: Database) {}

  /** What the viewer may see and is called so: exact names first, then those that begin so, then the others. */
  async find(viewer: Viewer, type: SearchType, text: string, limit: number): Promise<Found[]> {
    const word = type === 'tag' ? text : text.toLowerCase();
    return this.database.query<Found & Record<string, unknown>>(
      `SELECT * FROM (${SOURCES[type]} LIMIT ${CANDIDATES}) AS hit (type, id, name, description, visibility, "repositoryId")
        ORDER BY lower(name) <> $5, NOT starts_with(lower(name), $5), name LIMIT $6`,
      [...seenBy(viewer), patternOf(word), word.toLowerCase(), limit],
    );
  }

  /** Public repositories, for visitors, by name. */
  async explore(page: Page<'name'>): Promise<Listed<Explored>> {
    const [row] = await this.database.query<{ ids: number[] | null }>(
      `SELECT array_agg(id) AS ids FROM namespaces WHERE visibility = 'public'`,
    );
    const source = {
      from: 'repositories p',
      where: 'p.removed_at IS NULL AND p.namespace_id = ANY($1::int[])',
      values: [row?.ids ?? []],
      id: 'p.id',
      sorts: { name: { by: 'p.full_name', type: 'text' } },
      name: 'p.full_name',
      columns: `'repository' AS type, p.id, p.full_name AS name, p.description, n.visibility, p.id AS "repositoryId",
                coalesce(r.external_hostname, r.hostname) AS "registryHostname"`,
      rows: 'repositories p JOIN namespaces n ON n.id = p.namespace_id JOIN registries r ON r.id = p.registry_id',
    } as const;
    return readPage(this.database, source, page);
  }
}

function patternOf(word: string): string {
  return word.length < SHORTEST_INSIDE ? `${escapedForLike(word)}%` : containing(word);
}
