import { ADMIN, hasRedis, House } from './harness/house.js';
import { measureLoad } from './harness/load.js';
import type { Program } from './harness/program.js';
import { measureRow } from './harness/row.js';
import { basic, expectGrants, giveApplicationToken, SERVICE, tokenRequest } from './harness/token-requests.js';

interface Size {
  users: number;
  /** Each with a namespace, and with three members and the one who asks. */
  teams: number;
  repositories: number;
}

const SMALL: Size = { users: 10, teams: 10, repositories: 10 };
const BIG: Size = { users: 10_000, teams: 5_000, repositories: 100_000 };
const LOAD = { connections: 32, seconds: 5 };
const MEMBER = { username: 'member', password: 'a password for benchmarks too' };
/** Namespaces that are asked for in turn; spread over all of them. */
const ASKED = 1_000;

const options = { queues: hasRedis() ? 'redis' : 'postgres', registry: SERVICE } as const;
const [small, big] = [await House.build(options), await House.build(options)];
try {
  const limit = { api: await open(small, SMALL), house: small, repositories: repositoriesOf(SMALL) };
  const ours = { api: await open(big, BIG), house: big, repositories: repositoriesOf(BIG) };
  const secrets = {
    ours: await giveApplicationToken(big, MEMBER.username),
    limit: await giveApplicationToken(small, MEMBER.username),
  };
  await measure('token-big', 'a warm password', { ours: MEMBER.password, limit: MEMBER.password });
  await measure('token-big-application', 'an application token', secrets);

  async function measure(name: string, credential: string, secret: { ours: string; limit: string }): Promise<void> {
    const side = async (of: typeof ours, own: string) => {
      const authorization = basic(MEMBER.username, own);
      await expectGrants(of.api.url, authorization, of.repositories);
      const request = tokenRequest(authorization, of.repositories);
      return () => measureLoad(of.api.url, { ...LOAD, request });
    };
    await measureRow({
      name,
      what: `GET /v2/token with ${credential}: 10 k users, 5 k teams, 100 k repositories against ten of each`,
      unit: 'req/s',
      ours: await side(ours, secret.ours),
      limit: await side(limit, secret.limit),
    });
  }
} finally {
  await small.remove();
  await big.remove();
}

function repositoriesOf({ teams }: Size): string[] {
  const step = Math.max(1, Math.floor(teams / ASKED));
  return Array.from({ length: Math.min(teams, ASKED) }, (_, i) => `team-${1 + i * step}/app`);
}

/** Starts the api, fills the tables, and lets the member contribute everywhere. */
async function open(house: House, size: Size): Promise<Program> {
  const api = await house.startApi();
  const headers = { 'content-type': 'application/json', authorization: basic(ADMIN.username, ADMIN.password) };
  const body = JSON.stringify({ user: { ...MEMBER, email: 'member@bench.test' } });
  const answer = await fetch(`${api.url}/api/v1/users`, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`the member was answered ${answer.status}: ${await answer.text()}`);
  const fill = async (text: string, ...values: unknown[]) => house.sql.query(text, values);
  await fill(
    `INSERT INTO users (username, email) SELECT 'user-' || i, 'user-' || i || '@bench.test' FROM generate_series(1, $1) i`,
    size.users,
  );
  await fill(`INSERT INTO teams (name) SELECT 'team-' || i FROM generate_series(1, $1) i`, size.teams);
  await fill(
    `INSERT INTO namespaces (registry_id, name, team_id, kind)
     SELECT (SELECT min(id) FROM registries), name, id, 'team' FROM teams WHERE name LIKE 'team-%'`,
  );
  await fill(
    `INSERT INTO team_users (team_id, user_id, role)
     SELECT t.id, u.id, 'contributor' FROM teams t JOIN users u ON u.username = $1 WHERE t.name LIKE 'team-%'`,
    MEMBER.username,
  );
  await fill(
    `INSERT INTO team_users (team_id, user_id, role)
     SELECT t.id, u.id, 'viewer' FROM teams t CROSS JOIN generate_series(0, 2) n
       JOIN users u ON u.username = 'user-' || (1 + (t.id * 3 + n) % $1) WHERE t.name LIKE 'team-%' ON CONFLICT DO NOTHING`,
    size.users,
  );
  await fill(
    `INSERT INTO repositories (registry_id, namespace_id, full_name, name)
     SELECT n.registry_id, n.id, n.name || '/app-' || i, 'app-' || i
       FROM namespaces n CROSS JOIN generate_series(1, $1) i WHERE n.name LIKE 'team-%'`,
    Math.ceil(size.repositories / size.teams),
  );
  await fill('VACUUM ANALYZE');
  return api;
}
