import { hash } from '@node-rs/bcrypt';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApplicationTokensRepository, MAX_TOKENS } from '#persistence/application-tokens.repository.js';
import { TokenFactsRepository } from '#persistence/token-facts.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let sut: ApplicationTokensRepository;
let userId: number;
beforeAll(async () => {
  database = await TestDatabase.create();
  sut = new ApplicationTokensRepository(database.sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.truncate();
  userId = await newUser('alice');
  await database.sql.query(`INSERT INTO registries (name, hostname, use_ssl) VALUES ('r', 'r.test', false)`);
});

async function newUser(username: string, passwordHash: string | null = null): Promise<number> {
  const input = { username, email: null, passwordHash, displayName: null, admin: false, bot: false, service: false };
  return (await new UsersRepository(database.sql).create(input)).id;
}

const UNLIMITED = { expiresAt: null, actions: null, namespaces: null };
const create = async (more: object = {}) => {
  const tokenHash = randomBytes(32);
  const application = tokenHash.toString('hex');
  const input = { userId, application, tokenHash, ...UNLIMITED, ...more };
  const id = await database.sql.transaction((sql) => sut.create(input, sql));
  return { token: id === null ? null : await sut.find(id), tokenHash };
};
const factsOf = (hash: Buffer) =>
  new TokenFactsRepository(database.sql).find('r.test', { by: 'application-token', username: 'ALICE', hash }, []);

describe(ApplicationTokensRepository.name, () => {
  it('keeps what a token is limited to, and both lookups tell it', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const limits = { expiresAt, actions: ['pull', 'push'], namespaces: ['', 'team'] };
    const { token, tokenHash } = await create(limits);
    expect(token).toMatchObject({ ...limits, lastUsedAt: null, lastUsedFrom: null });
    const { actions, namespaces } = limits;
    expect(await sut.ownerOf(tokenHash)).toMatchObject({
      tokenId: token!.id,
      limits: { expiry: 'ahead', actions, namespaces },
      user: { id: userId },
    });
    expect(await factsOf(tokenHash)).toMatchObject({ user: { id: userId }, token: { id: token!.id, ...limits } });
    expect((await factsOf((await create()).tokenHash)).token).toMatchObject(UNLIMITED);
    await expect(create({ actions: ['fly'] })).rejects.toThrow(/actions_check/);
  });

  it('knows an expired and a withdrawn token no more', async () => {
    const [expired, withdrawn] = [await create({ expiresAt: new Date(Date.now() - 1) }), await create()];
    await sut.delete(withdrawn.token!.id);
    for (const { tokenHash } of [expired, withdrawn]) {
      expect(await sut.ownerOf(tokenHash)).toBeNull();
      expect(await factsOf(tokenHash)).toMatchObject({ user: null, token: null });
    }
  });

  it('finds a token by an index, among many', async () => {
    const { tokenHash } = await create();
    const plan = await database.sql.transaction(async (sql) => {
      await sql.query('SET LOCAL enable_seqscan = off');
      return sql.query(`EXPLAIN SELECT FROM application_tokens WHERE token_hash = '\\x${tokenHash.toString('hex')}'`);
    });
    expect(JSON.stringify(plan)).toContain('application_tokens_hash_key');
  });

  it('makes a hundred tokens for a user and no more, however many are asked for at once', async () => {
    await database.sql.query(
      `INSERT INTO application_tokens (user_id, application, token_hash)
       SELECT $1, i::text, sha256(i::text::bytea) FROM generate_series(1, $2) i`,
      [userId, MAX_TOKENS - 3],
    );
    const made = await Promise.all(Array.from({ length: 8 }, () => create()));
    expect(made.filter(({ token }) => token !== null)).toHaveLength(3);
    expect(await sut.ofUser(userId)).toHaveLength(MAX_TOKENS);
    userId = await newUser('bob');
    expect((await create()).token).not.toBeNull();
  });

  it('writes the newest use down, whichever comes first, from several replicas at once', async () => {
    const ids: number[] = [];
    for (let i = 0; i < 20; i++) ids.push((await create()).token!.id);
    const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);
    const batch = (seconds: number, from: string, order: number[]) =>
      sut.noteUses(order.map((id) => ({ id, at: at(seconds), from })));
    await Promise.all([
      batch(3, '192.0.2.3', ids.toReversed()),
      batch(1, '192.0.2.1', ids),
      batch(2, '192.0.2.2', ids.toReversed()),
    ]);
    await sut.noteUses([{ id: 99_999, at: at(9), from: 'of a token that is gone' }]);
    const uses = (await sut.ofUser(userId)).map(({ lastUsedAt, lastUsedFrom }) => [lastUsedAt, lastUsedFrom]);
    expect(uses).toEqual(ids.map(() => [at(3), '192.0.2.3']));
  });
});

describe('the upgrade of an imported hash', () => {
  it('does not undo a password that was changed meanwhile, and leaves the credential version alone', async () => {
    const users = new UsersRepository(database.sql);
    const imported = await hash('x', 4);
    const id = await newUser('bob', imported);
    await users.replaceHash(id, imported, 'upgraded');
    await users.replaceHash(id, imported, 'upgraded by another replica');
    expect(await users.find(id)).toMatchObject({ passwordHash: 'upgraded', credentialVersion: 1 });
    await users.setPassword(id, 'a new password');
    await users.replaceHash(id, 'upgraded', 'too late');
    expect(await users.find(id)).toMatchObject({ passwordHash: 'a new password', credentialVersion: 2 });
  });
});
