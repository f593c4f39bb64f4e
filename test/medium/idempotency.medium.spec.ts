import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdempotencyKeysRepository, MAX_KEYS_OF_USER } from '#persistence/idempotency-keys.repository.js';
import { canonicalJson } from '../../apps/api/src/http/canonical-json.js';
import { ApiInProcess, type As } from '../support/api-in-process.js';

let api: ApiInProcess;
beforeAll(async () => {
  api = await ApiInProcess.start();
});
afterAll(() => api.stop());

const make = (name: string, key: string, as?: As) =>
  api.post<{ id: number; message: unknown }>(
    '/teams',
    { name },
    { headers: { 'idempotency-key': key }, ...(as === undefined ? {} : { as }) },
  );
const teamsCalled = (name: string) =>
  api.database.value<number>('SELECT count(*)::int FROM teams WHERE name = $1', [name]);

describe('Idempotency-Key', () => {
  it('gives the first answer again, and makes nothing', async () => {
    const key = randomUUID();
    const first = await make('once', key);
    const second = await make('once', key);
    expect(first.status).toBe(201);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual([
      undefined,
      'true',
    ]);
    expect(await teamsCalled('once')).toBe(1);
  });

  it('lets one of many make it that come at the same time', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => make('at-once', key)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
  });

  it('is refused for another body, and for another address', async () => {
    const key = randomUUID();
    await make('first-body', key);
    expect(await make('other-body', key)).toMatchObject({
      status: 422,
      body: { message: { 'Idempotency-Key': ['was used for another request'] } },
    });
    const elsewhere = await api.post('/users', { name: 'first-body' }, { headers: { 'idempotency-key': key } });
    expect(elsewhere.status).toBe(422);
    expect(await teamsCalled('other-body')).toBe(0);
  });

  it('trap: what is kept of a request lets nobody try passwords', async () => {
    const key = randomUUID();
    const user = { username: 'kept', email: 'kept@example.test', password: 'password of kept' };
    expect((await api.post('/users', { user }, { headers: { 'idempotency-key': key } })).status).toBe(201);
    const kept = await api.database.value<Buffer>('SELECT fingerprint FROM idempotency_keys WHERE key = $1', [key]);
    const text = canonicalJson(['POST', '/api/v1/users', { user }, null]);
    expect(kept).toHaveLength(32);
    expect(kept.equals(createHash('sha256').update(text).digest())).toBe(false);
  });

  it('knows the same body by its fields, not by their order', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await api.post('/teams', { name: 'ordered', description: 'x' }, { headers });
    const second = await api.post('/teams', { description: 'x', name: 'ordered' }, { headers });
    expect([second.status, second.body]).toEqual([201, first.body]);
  });

  it('belongs to its user', async () => {
    const key = randomUUID();
    const other = await api.person('another');
    const mine = await make('of-mine', key);
    const theirs = await make('of-theirs', key, other);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it('is free again after a failure', async () => {
    const key = randomUUID();
    await make('taken', randomUUID());
    expect((await make('taken', key)).status).toBe(422);
    expect((await make('not-taken', key)).status).toBe(201);
  });

  it('keeps no token that can be read in the database, and gives it again all the same', async () => {
    const person = await api.person('keeper');
    const options = { as: person, headers: { 'idempotency-key': randomUUID() } };
    const path = `/users/${person.id}/application_tokens`;
    const first = await api.post<{ plain_token: string }>(path, { application: 'ci' }, options);
    const second = await api.post<{ plain_token: string }>(path, { application: 'ci' }, options);
    expect(second.body.plain_token).toBe(first.body.plain_token);
    const rows = await api.database.value<string>('SELECT string_agg(t::text, $1) FROM idempotency_keys t', [' ']);
    expect(rows).toMatch(/v1\./);
    expect(rows).not.toContain(first.body.plain_token);
    expect(rows).not.toContain(Buffer.from(first.body.plain_token).toString('base64').slice(0, 16));
  });

  it('gives nothing to credentials that may do less', async () => {
    const person = await api.person('restricted');
    const headers = { 'idempotency-key': randomUUID() };
    await make('for-restricted', headers['idempotency-key'], person);
    const token = await api.post<{ plain_token: string }>(
      `/users/${person.id}/application_tokens`,
      { application: 'reads', read_only: true },
      { as: person },
    );
    const as = { username: 'restricted', password: token.body.plain_token };
    expect((await api.post('/teams', { name: 'for-restricted' }, { as, headers })).status).toBe(403);
  });

  it.each([['with blanks in it'], ['x'.repeat(256)], ['']])('is refused: %s', async (key) => {
    expect((await make('never', key)).status).toBe(400);
    expect(await teamsCalled('never')).toBe(0);
  });

  it('is refused to who is not signed in', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const answer = await api.post('/session', { username: 'admin', password: 'x' }, { as: null, headers });
    expect(answer.status).toBe(400);
  });

  it('is bounded for each user, and forgotten after a day', async () => {
    const person = await api.person('collector');
    await api.database.sql.query(
      `INSERT INTO idempotency_keys (user_id, key, fingerprint, holder)
       SELECT $1, 'key-' || i, '\\x00', gen_random_uuid() FROM generate_series(1, $2) i`,
      [person.id, MAX_KEYS_OF_USER],
    );
    const full = await make('too-many', randomUUID(), person);
    expect([full.status, full.headers['retry-after']]).toEqual([429, '3600']);
    await api.database.sql.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE user_id = $1 AND key <> 'key-1'`,
      [person.id],
    );
    await new IdempotencyKeysRepository(api.database.sql).purge(5_000);
    const left = 'SELECT count(*)::int FROM idempotency_keys WHERE user_id = $1';
    expect(await api.database.value(left, [person.id])).toBe(1);
    expect((await make('enough', randomUUID(), person)).status).toBe(201);
  });
});

describe('a request that was interrupted', () => {
  const sut = () => new IdempotencyKeysRepository(api.database.sql);
  const claim = async (key: string) => {
    const userId = await api.database.value<number>(`SELECT id FROM users WHERE username = 'admin'`);
    return { userId, key, fingerprint: Buffer.from('f'), holder: randomUUID() };
  };

  it('is overtaken after a while, and can not commit any more', async () => {
    const first = await claim('interrupted');
    expect(await sut().claim(first)).toBe('ours');
    expect(await sut().claim(await claim('interrupted'))).toMatchObject({ state: 'running' });
    await api.database.sql.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '6 minutes' WHERE key = 'interrupted'`,
    );
    const second = await claim('interrupted');
    expect(await sut().claim(second)).toBe('ours');
    expect(await sut().noteMade(first, api.database.sql)).toBe(false);
    expect(await sut().noteMade(second, api.database.sql)).toBe(true);
  });

  it('that has made something is never carried out again within the day', async () => {
    const first = await claim('made');
    await sut().claim(first);
    await sut().noteMade(first, api.database.sql);
    await sut().release(first);
    await api.database.sql.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '6 minutes' WHERE key = 'made'`,
    );
    expect(await sut().claim(await claim('made'))).toMatchObject({ state: 'made', answer: null });
  });
});
