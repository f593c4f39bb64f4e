import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { People } from '#administration/people.js';
import { PasswordHasher } from '#identity/password-hasher.js';
import { AuditChain } from '#audit/audit-chain.js';
import { BY_COMMAND } from '#persistence/activities.repository.js';
import { ActivitySealsRepository } from '#persistence/activity-seals.repository.js';
import { portus, portusJson } from '../support/run-cli.js';
import { TestDatabase } from '../support/test-database.js';

interface UserView {
  id: number;
  username: string;
  admin: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'portus-cli-people-'));
const hasher = new PasswordHasher();
let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await TestDatabase.create();
  env = { DATABASE_URL: database.url };
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

const hashOf = (username: string) =>
  database.value<string>('SELECT password_hash FROM users WHERE username = $1', [username]);
const told = () =>
  database.sql.query<{ key: string; subject: string; actor: string; details: object }>(
    'SELECT key, subject_name AS subject, actor_name AS actor, details FROM activities ORDER BY id',
  );

describe('portus user', () => {
  it('makes people with a password from a file, from stdin, or typed twice', async () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'password of root\n');
    const root = await portusJson<UserView>(
      ['user', 'create', 'root', '--email', 'root@example.test', '--admin', '--password-file', file],
      env,
    );
    expect(root).toMatchObject({ username: 'root', admin: true });
    const args = ['user', 'create', 'alice', '--email', 'alice@example.test'];
    const typed = await portus(args, env, { typed: ['password of alice', 'password of alice'] });
    expect(typed).toMatchObject({ code: 0, out: expect.stringContaining('alice was made'), err: expect.any(String) });
    const bob = ['user', 'create', 'bob', '--email', 'bob@example.test', '--password-stdin'];
    expect((await portus(bob, env, { stdin: 'password of bob\n' })).code).toBe(0);
    expect((await portus(['user', 'create', 'robot', '--bot'], env)).code).toBe(0);
    for (const name of ['root', 'alice', 'bob']) {
      expect(await hasher.verify(await hashOf(name), `password of ${name}`)).toBe(true);
    }
    expect(await hashOf('robot')).toBeNull();
  });

  it.each([
    [
      'a name that is taken',
      ['alice', '--email', 'other@example.test'],
      'a good password',
      /username has already been/,
    ],
    ['a bad name and a short password', ['a:b', '--email', 'x'], 'short', /username .*email .*password /],
    ['a bot as administrator', ['robot2', '--bot', '--admin'], '', /admin is not for bots/],
    ['a person without address', ['carol'], 'a good password', /email is missing/],
  ])('refuses %s with 1, and says why', async (_, args, password, reason) => {
    const { code, out, err } = await portus(['user', 'create', ...args, '--password-stdin'], env, { stdin: password });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(reason);
  });

  it('takes no password that is typed differently, and asks nobody who is not there', async () => {
    const args = ['user', 'create', 'dave', '--email', 'dave@example.test'];
    expect((await portus(args, env, { typed: ['one password', 'another one'] })).err).toContain('two different');
    const alone = await portus(args, env);
    expect(alone).toMatchObject({ code: 64, err: expect.stringContaining('--password-stdin') });
    expect((await portus([...args, '--password', 'x'], env)).code).toBe(64);
  });

  it('sets the password of the only administrator, who needs not be named, and ends what was signed in', async () => {
    const id = await database.value<number>(`SELECT id FROM users WHERE username = 'root'`);
    await database.sql.query(
      `INSERT INTO sessions (user_id, credential_version, token_hash, address, user_agent, expires_at)
       VALUES ($1, 1, 'x', '192.0.2.1', 'test', now() + interval '1 day')`,
      [id],
    );
    await database.sql.query('UPDATE users SET enabled = false, locked_at = now() WHERE id = $1', [id]);
    const done = await portus(['user', 'password', '--password-stdin'], env, { stdin: 'new password of root' });
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('--revive') });
    expect(await hasher.verify(await hashOf('root'), 'new password of root')).toBe(true);
    expect(await database.value('SELECT count(*)::int FROM sessions')).toBe(0);
    const args = ['user', 'password', 'root', '--revive', '--password-stdin'];
    const revived = await portusJson(args, env, { stdin: 'new password of root' });
    expect(revived).toMatchObject({ enabled: true, locked: false });
  });

  it('trap: whose rights are taken away while the password is typed does not get them back by --revive', async () => {
    const people = new People(database.sql, {
      hash: async (text) => {
        await database.sql.query(`UPDATE users SET admin = false, enabled = false WHERE username = 'alice'`);
        return hasher.hash(text);
      },
    });
    await database.sql.query(`UPDATE users SET admin = true, locked_at = now() WHERE username = 'alice'`);
    await people.setPassword(BY_COMMAND, await people.byName('alice'), 'password of alice', true);
    const { admin, enabled, lockedAt } = await people.byName('alice');
    expect({ admin, enabled, lockedAt }).toEqual({ admin: false, enabled: true, lockedAt: null });
  });

  it('sets none of a bot, and not without a name where there are several administrators', async () => {
    const stdin = 'a good password';
    expect((await portus(['user', 'password', 'robot', '--password-stdin'], env, { stdin })).err).toMatch(
      /a bot has none/,
    );
    expect((await portus(['user', 'admin', 'alice'], env)).out).toBe('alice is an administrator now\n');
    const unclear = await portus(['user', 'password', '--password-stdin'], env, { stdin });
    expect(unclear).toMatchObject({ code: 1, err: expect.stringMatching(/say which one: root, alice/) });
    expect((await portus(['user', 'password', 'nobody', '--password-stdin'], env, { stdin })).err).toMatch(/no user/);
  });

  it('makes administrators and takes that away again, but not from the last one', async () => {
    expect((await portus(['user', 'admin', 'alice'], env)).out).toBe('alice is an administrator already\n');
    expect((await portus(['user', 'admin', 'root', '--revoke'], env)).code).toBe(0);
    const last = await portus(['user', 'admin', 'alice', '--revoke'], env);
    expect(last).toMatchObject({ code: 1, err: expect.stringContaining('alice is the last administrator') });
    const { users } = await portusJson<{ users: UserView[] }>(['user', 'list', '--admins'], env);
    expect(users.map(({ username }) => username)).toEqual(['alice']);
    expect((await portus(['user', 'list'], env)).out).toMatch(/\d +robot +bot/);
  });

  it('leaves an administrator also when two are demoted at once', async () => {
    expect((await portus(['user', 'admin', 'root'], env)).code).toBe(0);
    const demote = (name: string) => portus(['user', 'admin', name, '--revoke'], env);
    const codes = await Promise.all(['alice', 'root'].map(demote));
    expect(codes.map(({ code }) => code).toSorted()).toEqual([0, 1]);
    expect(await database.value('SELECT count(*)::int FROM users WHERE admin')).toBe(1);
  });

  it('stands in the activities as done by the command, without passwords', async () => {
    const rows = await told();
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['portus command']));
    expect(rows.map(({ key, subject }) => `${key} ${subject}`)).toEqual(
      expect.arrayContaining([
        'user.create root',
        'user.password root',
        'user.enabled root',
        'user.unlock root',
        'user.admin alice',
      ]),
    );
    expect(JSON.stringify(rows)).not.toMatch(/password of|argon2/);
  });
});

describe('portus token', () => {
  it('makes an application token that is stored as a hash and limited as asked', async () => {
    const args = ['token', 'create', 'robot', 'ci', '--days', '30', '--actions', 'pull', '--namespaces', 'team,'];
    const { code, out, err } = await portus(args, env);
    expect([code, err]).toEqual([0, expect.stringContaining('not shown again')]);
    expect(out).toMatch(/^ptk_[\w-]{43}\n$/);
    const explained = await portus(['token', 'explain'], env, { stdin: out });
    expect(explained.out).toMatch(
      /"ci" of robot\nexpires {4}\d.*\nactions {4}pull\nnamespaces team, \(global\)\nlast used {2}never/,
    );
    expect((await portus(args, env)).err).toMatch(/application has already been taken/);
    expect((await portus(['token', 'explain'], env, { stdin: `ptk_${'x'.repeat(43)}` })).code).toBe(1);
    const [row] = (await told()).filter(({ key }) => key === 'application_token.create');
    expect(row).toMatchObject({ subject: 'ci', actor: 'portus command', details: { username: 'robot' } });
  });

  it.each([
    ['--days', '0'],
    ['--actions', 'fly'],
    ['--namespaces', 'No Name'],
  ])('refuses %s %s', async (...option) => {
    expect((await portus(['token', 'create', 'robot', 'x', ...option], env)).code).toBe(64);
  });
});

describe('portus api-account', () => {
  it('makes the account, keeps it, and follows the password of the settings', async () => {
    const run = (password: string) => portus(['api-account'], { ...env, PORTUS_PASSWORD: password });
    expect((await portus(['api-account'], env)).code).toBe(78);
    expect((await run('the first password')).out).toBe('portus was made\n');
    expect((await run('the first password')).out).toBe('portus is as it should be\n');
    expect((await run('another password')).out).toContain('has the password of the settings');
    expect(await hasher.verify(await hashOf('portus'), 'another password')).toBe(true);
    const { users } = await portusJson<{ users: UserView[] }>(['user', 'list'], env);
    expect(users.map(({ username }) => username)).not.toContain('portus');
    const stdin = 'a good password';
    expect((await portus(['user', 'password', 'portus', '--password-stdin'], env, { stdin })).err).toMatch(
      /PORTUS_PASSWORD/,
    );
  });
});

describe('portus audit verify', () => {
  it('finds the chain whole, remembers a link, and sees a changed row and a chain that was made anew', async () => {
    await new AuditChain(new ActivitySealsRepository(database.sql)).seal();
    const good = await portusJson<{ activities: number; last_link: string }>(['audit', 'verify'], env);
    expect(good).toMatchObject({ intact: true, links: 1, unsealed: 0, activities: (await told()).length });
    expect((await portus(['audit', 'verify', '--expect', good.last_link], env)).code).toBe(0);
    const other = await portus(['audit', 'verify', '--expect', 'f'.repeat(64)], env);
    expect(other).toMatchObject({ code: 3, err: expect.stringContaining('made anew') });
    await database.sql.query('ALTER TABLE activities DISABLE TRIGGER activities_append_only');
    await database.sql.query(`UPDATE activities SET subject_name = 'mallory' WHERE subject_name = 'bob'`);
    const broken = await portus(['audit', 'verify', '--json'], env);
    expect(broken).toMatchObject({ code: 3, err: expect.stringContaining('broken at link 1') });
    expect(JSON.parse(broken.out)).toMatchObject({ intact: false, broken_at: 1 });
  });
});

describe('a database that can not be used', () => {
  it('ends with 69 when it is away or not migrated, and with 78 when none is named', async () => {
    const away = { DATABASE_URL: 'postgres://portus:hidden-word@127.0.0.1:1/portus' };
    const { code, err } = await portus(['user', 'list'], away);
    expect(code).toBe(69);
    expect(err).toContain('can not be reached');
    expect(err).not.toContain('hidden-word');
    const empty = await TestDatabase.create({ migrated: false });
    expect(await portus(['user', 'list'], { DATABASE_URL: empty.url })).toMatchObject({
      code: 69,
      err: expect.stringContaining('db:migrate'),
    });
    await empty.drop();
    expect((await portus(['user', 'list'], {})).code).toBe(78);
  });
});
