import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIVITY_KEYS } from '#domain/activity/activity-keys.js';
import { ApiInProcess, type Known } from '../support/api-in-process.js';
import { takeFaults } from '../support/contract/watch.js';

/** What Portus 2.x did wrong with everything that is asked of it over HTTP, where no other suite is about it. */
let api: ApiInProcess;
let alice: Known;
beforeAll(async () => {
  api = await ApiInProcess.start();
  alice = await api.person('alice');
});
afterAll(() => api.stop());

describe('trap: lists', () => {
  it('X-Per-Page is what was used, and nobody gets more than a thousand', async () => {
    for (const asked of [1, 7, 1_000]) {
      const { headers } = await api.get(`/users?per_page=${asked}`);
      expect(headers['x-per-page']).toBe(String(asked));
    }
    expect((await api.get('/users?per_page=1001')).status).toBe(400);
  });

  it('only attributes that there are sort, and nothing that happens to be a method', async () => {
    for (const attribute of ['count', 'destroy', 'password_hash', 'constructor', '__proto__'])
      expect((await api.get(`/users?sort_attr=${attribute}`)).status).toBe(400);
    const ids = (await api.get<{ id: number }[]>('/users?sort_attr=id')).body.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });
});

describe('trap: answers', () => {
  it('an error of ours tells a request id, and nothing of the inside', async () => {
    const { sql } = api.database;
    await sql.query(`ALTER TABLE activities ADD CONSTRAINT tell_tale CHECK (key <> 'team.create') NOT VALID`);
    const failed = await api.post<{ message: string; requestId: string }>('/teams', { name: 'never' });
    await sql.query('ALTER TABLE activities DROP CONSTRAINT tell_tale');
    expect(failed.status).toBe(500);
    // No operation documents a failure of ours.
    expect(takeFaults()).toHaveLength(1);
    expect(failed.body.requestId).toBe(failed.headers['x-request-id']);
    expect(JSON.stringify(failed.body)).not.toMatch(/tell_tale|activities|constraint/i);
    expect((await api.get<{ name: string }[]>('/teams')).body.map(({ name }) => name)).not.toContain('never');
  });

  it('no page of another site reads one, and none changes anything with the cookie alone', async () => {
    const made = await api.post('/session', { username: 'alice', password: alice.password }, { as: null });
    const cookie = String(made.headers['set-cookie']).split(';')[0]!;
    const headers = { cookie, origin: 'https://evil.test' };
    for (const path of ['/_ping', '/profile', '/teams', '/nothing'])
      expect((await api.get(path, { as: null, headers })).headers).not.toHaveProperty('access-control-allow-origin');
    expect((await api.post('/teams', { name: 'forged' }, { as: null, headers })).status).toBe(403);
  });
});

describe('trap: people', () => {
  it('nobody deletes oneself, the last administrator, or portus', async () => {
    const { id } = (await api.get<{ id: number }>('/profile')).body;
    expect((await api.delete(`/users/${id}`)).status).toBe(403);
    const boss = await api.person('boss', { admin: true });
    const service = await api.database.value<number>('SELECT id FROM users WHERE service');
    expect((await api.delete(`/users/${service}`, { as: boss })).status).toBe(403);
    expect((await api.put(`/users/${service}`, { user: { display_name: 'x' } }, { as: boss })).status).toBe(422);
    expect((await api.delete(`/users/${boss.id}`)).status).toBe(204);
  });
});

describe('trap: activities', () => {
  it('whatever is recorded is listed, and is a line of the CSV', async () => {
    await api.database.sql.query(
      `INSERT INTO activities (key, actor_name, subject_type, subject_name, details)
       SELECT k, '=cmd()', 'team', 'named "so", with' || chr(10) || 'a line', '{}' FROM unnest($1::text[]) k`,
      [ACTIVITY_KEYS],
    );
    const listed = (await api.get<{ key: string }[]>('/activities?per_page=1000')).body.map(({ key }) => key);
    const csv = await api.get<string>('/activities/csv');
    expect(csv.status).toBe(200);
    expect(csv.body.split('\r\n')[0]).toMatch(/^Tracked item,Item,Event,Recipient,Triggered by,Time,Notes/);
    for (const key of ACTIVITY_KEYS) {
      expect(listed).toContain(key);
      expect(csv.body).toContain(`,${key.slice(key.indexOf('.') + 1)},`);
    }
    // What a table program would take for a formula.
    expect(csv.body).not.toMatch(/(^|,|")=cmd/m);
  });
});
