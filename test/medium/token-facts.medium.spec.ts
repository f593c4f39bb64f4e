import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAboutValue } from '#persistence/connection-errors.js';
import { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { type Lookup, TokenFactsRepository } from '#persistence/token-facts.repository.js';
import { TestDatabase } from '../support/test-database.js';

const NAMES = Array.from({ length: 60 }, (_, i) => `user${i}`);

describe(TokenFactsRepository.name, () => {
  let database: TestDatabase;
  let sut: TokenFactsRepository;
  const hashes = new Map(NAMES.map((name) => [name, randomBytes(32)]));

  beforeAll(async () => {
    database = await TestDatabase.create();
    sut = new TokenFactsRepository(database.sql);
    await database.sql.query(
      `INSERT INTO registries (name, hostname, use_ssl) VALUES ('r', 'r.test', false), ('s', 's.test', false)`,
    );
    for (const name of NAMES) {
      await database.sql.query('INSERT INTO users (username) VALUES ($1)', [name]);
      await database.sql.query('INSERT INTO teams (name) VALUES ($1)', [name]);
      await database.sql.query(
        `INSERT INTO namespaces (registry_id, name, team_id)
         SELECT r.id, t.name::text, t.id FROM teams t, registries r WHERE t.name = $1`,
        [name],
      );
      await database.sql.query(
        `INSERT INTO team_users (team_id, user_id, role)
         SELECT t.id, u.id, 'owner' FROM teams t, users u WHERE t.name = $1 AND u.username = $1`,
        [name],
      );
      await database.sql.query(
        `INSERT INTO application_tokens (user_id, application, token_hash) SELECT id, 'a', $2 FROM users WHERE username = $1`,
        [name, hashes.get(name)],
      );
    }
  });
  afterAll(() => database.drop());

  it('tells everybody of many who ask at the same time the own facts, of the own registry', async () => {
    const ask = async (name: string, i: number) => {
      const other = NAMES[(i + 1) % NAMES.length]!;
      const who: Lookup =
        i % 2 === 0
          ? { by: 'name', username: name.toUpperCase(), source: '' }
          : { by: 'application-token', username: name, hash: hashes.get(name)! };
      const facts = await sut.find(i % 3 === 0 ? 's.test' : 'r.test', who, [name, other, 'none']);
      expect(facts.user?.username).toBe(name);
      expect(facts.token === null).toBe(i % 2 === 0);
      expect([...facts.namespaces.keys()].toSorted()).toEqual([name, other].toSorted());
      expect(facts.namespaces.get(name)?.role).toBe('owner');
      expect(facts.namespaces.get(other)?.role).toBeNull();
      return facts.registryId;
    };
    const registries = await Promise.all(NAMES.map(ask));
    const expected = await Promise.all(
      NAMES.map(
        async (_, i) =>
          (await sut.find(i % 3 === 0 ? 's.test' : 'r.test', { by: 'name', username: '', source: '' }, [])).registryId,
      ),
    );
    expect(registries).toEqual(expected);
    expect(new Set(registries).size).toBe(2);
  });

  it('knows neither strangers, nor somebody else’s token, nor an unknown service, beside those whom it knows', async () => {
    const [one, two] = [NAMES[0]!, NAMES[1]!];
    const [stranger, thief, nowhere, good, anonymous] = await Promise.all([
      sut.find('r.test', { by: 'name', username: 'nobody', source: '' }, [one]),
      sut.find('r.test', { by: 'application-token', username: one, hash: hashes.get(two)! }, []),
      sut.find('x.test', { by: 'name', username: one, source: '' }, [one]),
      sut.find('r.test', { by: 'name', username: one, source: '' }, [one]),
      sut.find('r.test', { by: 'name', username: '', source: '' }, [one]),
    ]);
    expect(stranger).toMatchObject({ registryId: expect.any(Number), user: null });
    expect(stranger.namespaces.get(one)?.role).toBeNull();
    expect(thief).toMatchObject({ user: null, token: null });
    expect(nowhere).toMatchObject({ registryId: null, user: null });
    expect(nowhere.namespaces.size).toBe(0);
    expect(good.namespaces.get(one)?.role).toBe('owner');
    expect(anonymous).toMatchObject({ user: null });
  });

  it('lets a value that the database can not read fail alone', async () => {
    const ask = (service: string) => sut.find(service, { by: 'name', username: NAMES[3]!, source: '' }, []);
    const results = await Promise.allSettled(['r.test', 'r\0.test', 'r.test', 's.test'].map(ask));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(isAboutValue((results[1] as PromiseRejectedResult).reason)).toBe(true);
    const long = 'x'.repeat(60_000);
    expect((await sut.find('r.test', { by: 'name', username: long, source: long }, [])).user).toBeNull();
  });

  it('tells whether wrong passwords for the name came from the same place a short while ago', async () => {
    const failures = new LoginFailuresRepository(database.sql);
    await failures.record(NAMES[4]!, '192.0.2.1', randomBytes(32));
    await failures.record(NAMES[5]!, '192.0.2.1', randomBytes(32));
    await database.sql.query(
      `UPDATE login_failures SET failed_at = now() - interval '601 seconds' WHERE username = $1`,
      [NAMES[5]!],
    );
    const doubted = async (username: string, source: string) =>
      (await sut.find('r.test', { by: 'name', username, source }, [])).doubted;
    expect(
      await Promise.all([
        doubted(NAMES[4]!.toUpperCase(), '192.0.2.1'),
        doubted(NAMES[4]!, '192.0.2.2'),
        doubted(NAMES[5]!, '192.0.2.1'),
        doubted('nobody', '192.0.2.1'),
      ]),
    ).toEqual([true, false, false, false]);
  });

  it('asks after the request came: what was changed before is told, also beside requests that began earlier', async () => {
    const name = NAMES[2]!;
    const early = Array.from({ length: 40 }, () =>
      sut.find('r.test', { by: 'name', username: name, source: '' }, [name]),
    );
    await database.sql.query('UPDATE users SET enabled = false WHERE username = $1', [name]);
    const late = await sut.find('r.test', { by: 'name', username: name, source: '' }, [name]);
    expect(late.user?.enabled).toBe(false);
    await Promise.all(early);
  });
});
