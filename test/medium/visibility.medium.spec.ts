import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decide } from '#domain/policy/decide.js';
import { DEFAULT_POLICY, ROLES, VISIBILITIES, type Actor } from '#domain/policy/facts.js';
import { NamespacesRepository } from '#persistence/namespaces.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { RepositoriesRepository } from '#persistence/repositories.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { TestDatabase } from '../support/test-database.js';

const ALL = { skip: 0, take: 1000, sort: 'id', order: 'ASC' } as const;
const person = { email: null, passwordHash: 'x', displayName: null, service: false };

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
});
afterAll(() => database.drop());
beforeEach(() => database.truncate());

const users = fc.array(fc.record({ admin: fc.boolean(), bot: fc.boolean() }), { minLength: 2, maxLength: 4 });
const namespaces = fc.array(
  fc.record({
    visibility: fc.constantFrom(...VISIBILITIES),
    members: fc.dictionary(fc.constantFrom('0', '1', '2', '3'), fc.constantFrom(...ROLES)),
  }),
  { minLength: 1, maxLength: 6 },
);
type World = [
  typeof users extends fc.Arbitrary<infer U> ? U : never,
  typeof namespaces extends fc.Arbitrary<infer N> ? N : never,
];

async function build([people, spaces]: World): Promise<number[]> {
  await database.truncate();
  const input = { name: 'r', hostname: 'r:1', externalHostname: null, useSsl: false, webhookSecret: null };
  const registry = await new RegistriesRepository(database.sql).create(input);
  const ids: number[] = [];
  for (const [i, one] of people.entries()) {
    const made = await new UsersRepository(database.sql).create({ ...person, ...one, username: `user${i}` });
    ids.push(made.id);
  }
  for (const [i, { visibility, members }] of spaces.entries()) {
    const team = await database.value<number>('INSERT INTO teams (name) VALUES ($1) RETURNING id', [`team${i}`]);
    for (const [index, role] of Object.entries(members)) {
      const user = ids[Number(index)];
      if (user !== undefined)
        await database.sql.query('INSERT INTO team_users (team_id, user_id, role) VALUES ($1, $2, $3)', [
          team,
          user,
          role,
        ]);
    }
    await database.sql.query(
      `WITH n AS (INSERT INTO namespaces (registry_id, name, team_id, visibility) VALUES ($1, $2, $3, $4) RETURNING id)
       INSERT INTO repositories (registry_id, namespace_id, full_name, name) SELECT $1, id, $2 || '/app', 'app' FROM n`,
      [registry.id, `space${i}`, team, visibility],
    );
  }
  return ids;
}

describe('what a person sees in lists', () => {
  it('is exactly what the person may pull', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(users, namespaces), async (world) => {
        const ids = await build(world);
        for (const [i, userId] of ids.entries()) await expectSameAsPolicy(userId, world[0][i]!);
      }),
      { numRuns: 25 },
    );
  });
});

async function expectSameAsPolicy(userId: number, user: { admin: boolean; bot: boolean }): Promise<void> {
  const actor: Actor = { kind: 'user', userId, username: 'x', disabled: false, locked: false, ...user };
  const repository = new NamespacesRepository(database.sql);
  const viewer = { userId, admin: user.admin };
  const ids = await database.sql.query<{ id: number }>('SELECT id FROM namespaces ORDER BY id');
  const allowed: number[] = [];
  for (const { id } of ids) {
    const facts = (await repository.find(viewer, id))!;
    if (decide(actor, 'pull', facts, DEFAULT_POLICY).allow) allowed.push(id);
  }
  const page = await repository.page(viewer, ALL);
  expect(page.items.map((namespace) => namespace.id)).toEqual(allowed);
  expect(page.total).toBe(allowed.length);
  const { items } = await new RepositoriesRepository(database.sql).page(viewer, ALL);
  const seen = new Set(items.map((one) => one.namespaceId));
  const held = await database.sql.query<{ id: number }>('SELECT DISTINCT namespace_id AS id FROM repositories');
  expect(held.filter(({ id }) => seen.has(id) !== allowed.includes(id))).toEqual([]);
}
