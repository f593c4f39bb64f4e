import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SearchRepository, type SearchType } from '#persistence/search.repository.js';
import { TestDatabase } from '../support/test-database.js';

const ADMIN = { userId: 1, admin: true };
const ALICE = { userId: 2, admin: false };

let database: TestDatabase;
let search: SearchRepository;

beforeAll(async () => {
  database = await TestDatabase.create();
  search = new SearchRepository(database.sql);
  const rows = [
    `INSERT INTO users (id, username, admin) VALUES (1, 'admin', true), (2, 'alice', false)`,
    `INSERT INTO teams (id, name, description) VALUES (1, 'Crew', 'us'), (2, 'crewmates', ''), (3, 'behind crew', '')`,
    'UPDATE teams SET hidden = true WHERE id = 3',
    `INSERT INTO team_users (team_id, user_id, role) VALUES (1, 2, 'viewer')`,
    `INSERT INTO registries (id, name, hostname, use_ssl) VALUES (1, 'r', 'r.test', false)`,
    `INSERT INTO namespaces (id, registry_id, team_id, name, kind, visibility)
     VALUES (1, 1, 1, 'crew', 'team', 'private'), (2, 1, 2, 'open', 'team', 'public'), (3, 1, 2, 'shut', 'team', 'private')`,
    `INSERT INTO repositories (id, registry_id, namespace_id, name, full_name, removed_at)
     VALUES (1, 1, 1, 'app', 'crew/app', NULL), (2, 1, 2, 'app', 'open/app', NULL), (3, 1, 3, 'app', 'shut/app', NULL),
            (4, 1, 2, 'gone_app', 'open/gone_app', now()), (5, 1, 2, 'a', 'app/a', NULL)`,
    `INSERT INTO manifests (id, repository_id, digest, media_type, manifest_size, size) OVERRIDING SYSTEM VALUE
     VALUES (1, 1, 'sha256:a', 'x', 1, 1), (2, 3, 'sha256:b', 'x', 1, 1)`,
    `INSERT INTO tags (repository_id, name, manifest_id) VALUES (1, 'v1.2', 1), (1, 'V1', 1), (3, 'v1', 2)`,
  ];
  for (const row of rows) await database.sql.query(row);
});
afterAll(() => database.drop());

const names = async (viewer: typeof ADMIN, type: SearchType, text: string, limit = 20): Promise<string[]> =>
  (await search.find(viewer, type, text, limit)).map((found) => found.name);

const explored = async (more: { named?: string }): Promise<string[]> =>
  (await search.explore({ skip: 0, take: 20, sort: 'name', order: 'ASC', ...more })).items.map(({ name }) => name);

describe(SearchRepository.name, () => {
  it('finds by any part of the name what the viewer may see, the closest first', async () => {
    expect(await names(ADMIN, 'repository', 'app')).toEqual(['app/a', 'crew/app', 'open/app', 'shut/app']);
    expect(await names(ALICE, 'repository', 'APP')).toEqual(['app/a', 'crew/app', 'open/app']);
    expect(await names(ALICE, 'repository', 'open/app')).toEqual(['open/app']);
    expect(await names(ADMIN, 'repository', 'app', 2)).toEqual(['app/a', 'crew/app']);
    expect(await names(ALICE, 'namespace', 'crew')).toEqual(['crew']);
    expect(await names(ALICE, 'namespace', 'shut')).toEqual([]);
  });

  it('looks for short words at the beginning only', async () => {
    expect(await names(ADMIN, 'repository', 'op')).toEqual(['open/app']);
    expect(await names(ADMIN, 'repository', 'pp')).toEqual([]);
  });

  it('finds teams of the viewer in any letters, and no hidden ones', async () => {
    expect(await names(ADMIN, 'team', 'CREW')).toEqual(['Crew', 'crewmates']);
    expect(await names(ALICE, 'team', 'crew')).toEqual(['Crew']);
  });

  it('finds tags in their own letters, with their repository', async () => {
    expect(await names(ADMIN, 'tag', 'v1')).toEqual(['crew/app:v1.2', 'shut/app:v1']);
    expect(await names(ALICE, 'tag', 'v1')).toEqual(['crew/app:v1.2']);
  });

  it('takes what means something to LIKE for what it is', async () => {
    for (const text of ['%', '_', '\\', 'cr%w', 'crew_app']) expect(await names(ADMIN, 'repository', text)).toEqual([]);
  });

  it('shows visitors public repositories only', async () => {
    expect(await explored({})).toEqual(['app/a', 'open/app']);
    expect(await explored({ named: 'PEN' })).toEqual(['open/app']);
    expect(await explored({ named: 'crew' })).toEqual([]);
  });

  it('shows visitors all of them, page by page', async () => {
    const page = { skip: 0, take: 1, sort: 'name', order: 'ASC' } as const;
    const first = await search.explore(page);
    expect([first.total, first.items[0]?.name]).toEqual([2, 'app/a']);
    const second = await search.explore({ ...page, after: first.next! });
    expect([second.next, second.items[0]?.name]).toEqual([null, 'open/app']);
  });

  it.each([
    ['repositories', `full_name LIKE '%xyz%'`],
    ['namespaces', `name LIKE '%xyz%'`],
    ['teams', `lower(name::text) LIKE '%xyz%'`],
    ['tags', `name LIKE '%xyz%'`],
  ])('has an index for %s', async (table, condition) => {
    const plan = await database.sql.transaction(async (sql) => {
      await sql.query('SET LOCAL enable_seqscan = off');
      return sql.query(`EXPLAIN SELECT 1 FROM ${table} WHERE ${condition}`);
    });
    expect(JSON.stringify(plan)).toContain('trgm_idx');
  });
});
