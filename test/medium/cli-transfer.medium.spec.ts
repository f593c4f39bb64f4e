import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExportDocument } from '#administration/transfer/document.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { portus, portusJson } from '../support/run-cli.js';
import { TestDatabase } from '../support/test-database.js';

interface Imported {
  done: boolean;
  sections: Record<string, { created: number; replaced: number; kept: number; unchanged: number }>;
  conflicts: { section: string; key: string; fields: string[] }[];
}

const folder = mkdtempSync(join(tmpdir(), 'portus-cli-transfer-'));
const file = join(folder, 'export.json');
let from: TestDatabase;
let to: TestDatabase;
let document: ExportDocument;

const exported = async (database: TestDatabase): Promise<ExportDocument['sections']> =>
  (JSON.parse((await portus(['export'], { DATABASE_URL: database.url })).out) as ExportDocument).sections;
const importInto = (database: TestDatabase, text: unknown, ...args: string[]) =>
  portus(['import', '--json', ...args], { DATABASE_URL: database.url }, { stdin: JSON.stringify(text) });
const parsed = (out: string): Imported => JSON.parse(out) as Imported;
const sum = (outcome: Imported, what: 'created' | 'replaced' | 'kept' | 'unchanged'): number =>
  Object.values(outcome.sections).reduce((total, counts) => total + counts[what], 0);

/** One of everything, made by the commands where there is one. */
async function furnish(database: TestDatabase): Promise<void> {
  const env = { DATABASE_URL: database.url };
  const password = { stdin: 'a good password' };
  for (const name of ['Root', 'alice', 'bob']) {
    const args = ['user', 'create', name, '--email', `${name}@example.test`, '--password-stdin'];
    await portusJson([...args, ...(name === 'Root' ? ['--admin'] : [])], env, password);
  }
  await portusJson(['user', 'create', 'robot', '--bot'], env);
  await portusJson(
    ['token', 'create', 'robot', 'ci', '--days', '30', '--actions', 'pull', '--namespaces', 'team'],
    env,
  );
  await portusJson(['token', 'create', 'alice', 'laptop'], env);
  await portusJson(['registry', 'create', 'main', 'registry.test:5000', '--no-check'], env);
  await portusJson(['api-account'], { ...env, PORTUS_PASSWORD: 'service password' });
  await database.sql.query(`UPDATE users SET locked_at = now(), enabled = false,
    password_hash = '$2a$10$abcdefghijklmnopqrstuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu' WHERE username = 'bob'`);
  await database.sql.query(`UPDATE namespaces SET visibility = 'protected', description = 'all' WHERE kind = 'global'`);
  await database.sql.query(`UPDATE namespaces SET name = 'alice7', visibility = 'public' WHERE name = 'alice'`);
  await database.sql.query(`INSERT INTO teams (name, description) VALUES ('Team', 'us')`);
  await database.sql.query(`INSERT INTO team_users (team_id, user_id, role)
    SELECT t.id, u.id, CASE u.username WHEN 'alice' THEN 'owner' ELSE 'viewer' END
      FROM teams t, users u WHERE t.name = 'Team' AND u.username IN ('alice', 'robot')`);
  await database.sql.query(`INSERT INTO namespaces (registry_id, name, kind, team_id, visibility)
    SELECT r.id, 'team', 'team', t.id, 'private' FROM registries r, teams t WHERE t.name = 'Team'`);
  await database.sql.query(`INSERT INTO retention_rules (namespace_id, name, action, older_than)
    SELECT id, 'old', 'drop', d FROM namespaces, (VALUES (30), (60)) v(d) WHERE name = 'team'
    UNION ALL SELECT NULL, 'releases', 'protect', NULL`);
  const sealed = new Sealer('a base for tests '.repeat(3)).seal('a shared secret', 'any');
  await database.sql.query(
    `INSERT INTO webhooks (namespace_id, name, url, origin, events, secret)
     SELECT id, 'chat', 'https://chat.test/x', 'https://chat.test', '{push}', $1 FROM namespaces WHERE name = 'team'`,
    [sealed],
  );
  await database.sql.query(
    `INSERT INTO webhook_headers (webhook_id, name, value) SELECT id, 'X-Key', $1 FROM webhooks`,
    [sealed],
  );
}

beforeAll(async () => {
  [from, to] = await Promise.all([TestDatabase.create(), TestDatabase.create()]);
  await furnish(from);
  const done = await portus(['export', '-o', file], { DATABASE_URL: from.url });
  expect(done).toEqual({ code: 0, out: '', err: '' });
  document = JSON.parse(readFileSync(file, 'utf8')) as ExportDocument;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([from.drop(), to.drop()]);
});
beforeEach(() => to.truncate());

const FORM = 'application/x-www-form-urlencoded';
type Spoil = [string, (copy: ExportDocument) => unknown, RegExp];
type Hook = ExportDocument['sections']['webhooks'][number];
const hookWith = (name: string, changes: object, reason: RegExp): Spoil => [
  `trap: a webhook that the API refuses: ${name}`,
  ({ sections }) => Object.assign(sections.webhooks[0]!, changes),
  reason,
];
const INSIDE = { url: 'http://169.254.169.254/latest', origin: 'http://169.254.169.254' };
/** What a file could bring past the checks of the API. */
const BAD_HOOKS: Spoil[] = [
  hookWith('into a private network', INSIDE, /webhooks\.0\.url: is in a network/),
  hookWith('credentials in its URL', { url: 'https://a:b@chat.test/x' }, /webhooks\.0\.url: must not hold credentials/),
  hookWith('another scheme', { url: 'file:///etc/passwd' }, /webhooks\.0\.url: must be http/),
  hookWith('an origin that is not its own', { origin: 'https://other.test' }, /webhooks\.0\.origin/),
  hookWith('events that nobody knows', { events: ['everything'] }, /webhooks\.0\.events/),
  hookWith('a form of CloudEvents', { format: 'cloudevents', content_type: FORM }, /webhooks\.0\.content_type/),
  hookWith('a line break in its name', { name: 'a\r\nb' }, /webhooks\.0\.name/),
  hookWith('a header of the connection', { headers: [{ name: 'Host', value: 'x' }] }, /headers\.0\.name/),
  hookWith('a secret in clear', { secret: 'hunter2' }, /webhooks\.0\.secret: is not sealed/),
  [
    'trap: more webhooks in a namespace than the API makes',
    ({ sections }) => {
      const [hook] = sections.webhooks as [Hook];
      sections.webhooks = Array.from({ length: 51 }, (_, i) => ({ ...hook, name: `number ${i}` }));
    },
    /more than 50/,
  ],
];

describe('portus export and portus import', () => {
  it('carries everything over into an empty database, and the same file again changes nothing', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const counts = Object.entries(document.sections).map(([name, items]) => `${name} ${items.length}`);
    expect(counts).toEqual([
      'registries 1',
      'users 4',
      'teams 1',
      'members 2',
      'namespaces 5',
      'retention_rules 3',
      'application_tokens 2',
      'webhooks 1',
    ]);
    const first = await importInto(to, document);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(parsed(first.out)).toMatchObject({ done: true, conflicts: [] });
    expect(await exported(to)).toEqual(document.sections);
    const again = parsed((await importInto(to, document)).out);
    expect([sum(again, 'created'), sum(again, 'replaced'), again.conflicts]).toEqual([0, 0, []]);
    expect(sum(again, 'unchanged')).toBe(19);
  });

  it('trap: names that differ in the case of letters only are two where they are two', async () => {
    const copy = structuredClone(document);
    const [token, hook] = [copy.sections.application_tokens.at(-1)!, copy.sections.webhooks[0]!];
    copy.sections.application_tokens.push({ ...token, application: 'LAPTOP', token_hash: 'ab'.repeat(32) });
    copy.sections.webhooks.push({ ...hook, name: 'CHAT', url: 'https://chat.test/other' });
    expect((await importInto(to, copy)).code).toBe(0);
    const again = await importInto(to, copy);
    expect([again.code, parsed(again.out).conflicts]).toEqual([0, []]);
    const upper = copy.sections.users.map((user) => ({ ...user, username: user.username.toUpperCase() }));
    const conflicts = parsed((await importInto(to, { ...copy, sections: { users: upper } })).out).conflicts;
    expect(conflicts.map(({ fields }) => fields)).toEqual(upper.map(() => ['username']));
  });

  it('trap: takes the rights of the last administrator from nobody, whatever the file says', async () => {
    await importInto(to, document);
    for (const change of [
      { admin: false },
      { enabled: false },
      { locked_at: '2026-01-01T00:00:00.000000Z' },
      { bot: true },
    ]) {
      const users = document.sections.users.map((user) => (user.admin ? { ...user, ...change } : user));
      const { code, err } = await importInto(to, { ...document, sections: { users } }, '--on-conflict', 'replace');
      expect([code, err]).toEqual([1, expect.stringContaining('nobody who can sign in would administer')]);
    }
    expect((await exported(to)).users).toEqual(document.sections.users);
  });

  it('gives owners their personal namespaces, with the team behind it', async () => {
    await importInto(to, document);
    const [row] = await to.sql
      .query(`SELECT n.name, t.hidden, m.role FROM users u JOIN namespaces n ON n.id = u.namespace_id
      JOIN teams t ON t.id = n.team_id JOIN team_users m ON m.team_id = t.id AND m.user_id = u.id WHERE u.username = 'alice'`);
    expect(row).toEqual({ name: 'alice7', hidden: true, role: 'owner' });
    expect(await to.value(`SELECT count(*)::int FROM namespaces WHERE kind = 'personal'`)).toBe(3);
  });

  it('stands in the activities, and holds no plain secret', async () => {
    await importInto(to, document);
    const rows = await to.sql.query<{ key: string; actor: string }>(
      'SELECT key, actor_name AS actor FROM activities ORDER BY id',
    );
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['portus command']));
    for (const key of [
      'registry.create',
      'user.create',
      'team.add_member',
      'application_token.create',
      'retention.change',
    ]) {
      expect(rows.map((row) => row.key)).toContain(key);
    }
    expect(readFileSync(file, 'utf8')).not.toMatch(/ptk_|a good password|service password|"username": "portus"/);
  });

  it('writes nothing in a dry run, and says what it would do', async () => {
    const { code, out, err } = await portus(['import', file, '--dry-run'], { DATABASE_URL: to.url });
    expect([code, err]).toEqual([0, expect.stringContaining('dry run')]);
    expect(out).toMatch(/^users +4 +0 +0 +0$/m);
    expect(await to.value('SELECT count(*)::int FROM users')).toBe(0);
    expect(await to.value('SELECT count(*)::int FROM activities')).toBe(0);
  });

  describe('into a database that has other things under the same names', () => {
    beforeEach(async () => {
      await importInto(to, document);
      await to.sql.query(`UPDATE users SET email = 'other@example.test' WHERE username = 'alice'`);
      await to.sql.query(`UPDATE namespaces SET visibility = 'public' WHERE name = 'team'`);
      await to.sql.query(`DELETE FROM application_tokens WHERE application = 'laptop'`);
    });
    const differing = [
      { section: 'users', key: 'alice', fields: ['email'] },
      { section: 'namespaces', key: 'registry.test:5000 / team', fields: ['visibility'] },
    ];

    it('names all of them and imports nothing', async () => {
      const { code, out, err } = await importInto(to, document);
      expect([code, parsed(out).done, parsed(out).conflicts]).toEqual([3, false, differing]);
      expect(err).toContain('--on-conflict');
      expect(await to.value(`SELECT count(*)::int FROM application_tokens`)).toBe(1);
    });

    it('keeps them and brings the rest', async () => {
      const outcome = parsed((await importInto(to, document, '--on-conflict', 'keep')).out);
      expect([sum(outcome, 'kept'), sum(outcome, 'created'), outcome.conflicts]).toEqual([2, 1, differing]);
      expect(await to.value(`SELECT email FROM users WHERE username = 'alice'`)).toBe('other@example.test');
    });

    it('replaces them, which voids what was verified before', async () => {
      const before = await to.value<number>(`SELECT credential_version FROM users WHERE username = 'alice'`);
      const outcome = parsed((await importInto(to, document, '--on-conflict', 'replace')).out);
      expect(sum(outcome, 'replaced')).toBe(2);
      expect((await exported(to)).users).toEqual(document.sections.users);
      expect(await to.value(`SELECT credential_version FROM users WHERE username = 'alice'`)).toBe(before + 1);
    });
  });

  it('names what is another one’s, and leaves nothing of the rest', async () => {
    const env = { DATABASE_URL: to.url };
    const args = ['user', 'create', 'carol', '--email', 'alice@example.test', '--password-stdin'];
    await portusJson(args, env, { stdin: 'a good password' });
    const { code, err } = await importInto(to, document);
    expect([code, err]).toEqual([1, expect.stringMatching(/users: alice: .*email.*already exists/)]);
    expect(await to.value('SELECT count(*)::int FROM registries')).toBe(0);
  });

  it.each<[string, (copy: ExportDocument) => void, RegExp]>([
    [
      'a member who is not there',
      ({ sections }) => (sections.members[0]!.username = 'ghost'),
      /members: team \/ ghost: .*refers to/,
    ],
    [
      'a hash that is none',
      ({ sections }) => (sections.users[0]!.password_hash = 'plain'),
      /sections\.users\.0\.password_hash/,
    ],
    [
      'a field that nobody knows',
      ({ sections }) => Object.assign(sections.users[0]!, { god: true }),
      /sections\.users\.0: /,
    ],
    ...BAD_HOOKS,
    ['another format', (copy) => Object.assign(copy, { format: 'x' }), /format: /],
    ['a later version', (copy) => Object.assign(copy, { version: 2 }), /version: /],
  ])('refuses a file with %s', async (_, spoil, reason) => {
    const copy = structuredClone(document);
    spoil(copy);
    const { code, out, err } = await importInto(to, copy);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(reason);
    expect(await to.value('SELECT count(*)::int FROM users')).toBe(0);
  });

  it('refuses what is no JSON, and overwrites no file', async () => {
    const env = { DATABASE_URL: to.url };
    expect((await portus(['import'], env, { stdin: '{' })).err).toContain('not JSON');
    expect((await portus(['import', join(folder, 'none')], env)).err).toContain('ENOENT');
    expect((await portus(['export', '-o', file], env)).err).toContain('never overwritten');
  });
});
