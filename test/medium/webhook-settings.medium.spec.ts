import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInProcess, type Known } from '../support/api-in-process.js';
import { makeNamespace, makeWebhook } from '../support/hooks.js';

interface Hook {
  id: number;
  name: string;
  enabled: boolean;
  url: string;
}

let api: ApiInProcess;
let namespace: number;
let viewer: Known;
const place = () => `/namespaces/${namespace}/webhooks`;

beforeAll(async () => {
  api = await ApiInProcess.start();
  namespace = await makeNamespace(api.database, 'team');
  viewer = await api.person('viewer');
  await api.database.sql.query(
    `INSERT INTO team_users (team_id, user_id, role) SELECT team_id, $2, 'viewer' FROM namespaces WHERE id = $1`,
    [namespace, viewer.id],
  );
});
afterAll(() => api.stop());

describe('the settings of a webhook', () => {
  it('trap: one whose address may not be reached any more can be disabled and renamed, but not sent elsewhere there', async () => {
    const id = await makeWebhook(api.database, namespace, { url: 'http://127.0.0.1:9/hook' });
    const disabled = await api.put<Hook>(`${place()}/${id}/toggle_enabled`, undefined);
    expect(disabled).toMatchObject({ status: 200, body: { enabled: false, url: 'http://127.0.0.1:9/hook' } });
    const renamed = await api.put<Hook>(`${place()}/${id}`, { webhook: { name: 'old' } });
    expect(renamed).toMatchObject({ status: 200, body: { name: 'old' } });
    const sent = (url: string) => api.put(`${place()}/${id}`, { webhook: { url } });
    expect((await sent('http://127.0.0.1:9/hook')).status).toBe(200);
    expect((await sent('http://127.0.0.1:9/other')).status).toBe(422);
  });

  it('trap: what only owners see of it is not told to others by the activities', async () => {
    const webhook = { url: 'https://chat.example.test/x', username: 'name-of-an-account', password: 'hunter2!' };
    const made = await api.post<Hook>(place(), { webhook });
    expect(made.status).toBe(201);
    const changed = await api.put(`${place()}/${made.body.id}`, { webhook: { username: 'name-of-another' } });
    expect(changed).toMatchObject({ status: 200, body: { username: 'name-of-another' } });
    expect((await api.get<Hook>(`${place()}/${made.body.id}`, { as: viewer })).body).toMatchObject({ username: null });
    const seen = await api.get<{ key: string }[]>(`/activities?namespace_id=${namespace}`, { as: viewer });
    expect(seen.body.map(({ key }) => key)).toEqual(expect.arrayContaining(['webhook.create', 'webhook.update']));
    expect(JSON.stringify(seen.body)).not.toMatch(/name-of-an|hunter2/);
  });

  it('that is deleted twice at once is told of once', async () => {
    const id = await makeWebhook(api.database, namespace);
    const answers = await Promise.all(Array.from({ length: 6 }, () => api.delete(`${place()}/${id}`)));
    const told = await api.database.value<number>(
      `SELECT count(*)::int FROM activities WHERE key = 'webhook.destroy' AND subject_id = $1`,
      [id],
    );
    expect(told).toBe(1);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404, 404, 404, 404, 404]);
  });
});

describe('what was given up', () => {
  it('is told of to owners and administrators, by webhook', async () => {
    const id = await makeWebhook(api.database, namespace);
    const facts = JSON.stringify({ repository: { id: 1, name: 'team/app' }, tag: 'v1' });
    for (const state of ['dead', 'dead', 'delivered', 'waiting']) {
      await api.database.sql.query(
        `INSERT INTO webhook_deliveries (webhook_id, uuid, event, state, facts) VALUES ($1, gen_random_uuid(), 'push', $2, $3)`,
        [id, state, facts],
      );
    }
    const mine = { webhook: { id }, namespace: { id: namespace, name: 'team' }, dead: 2 };
    const told = await api.get<{ webhook: { id: number } }[]>('/dead_letters');
    expect(told.body.find(({ webhook }) => webhook.id === id)).toMatchObject(mine);
    expect((await api.get('/dead_letters', { as: viewer })).body).toEqual([]);
    await api.database.sql.query(`UPDATE team_users SET role = 'owner' WHERE user_id = $1`, [viewer.id]);
    expect((await api.get('/dead_letters', { as: viewer })).body).toMatchObject([mine]);
    expect((await api.get('/dead_letters', { as: await api.person('stranger') })).body).toEqual([]);
    await api.delete(`${place()}/${id}`);
    expect((await api.get('/dead_letters', { as: viewer })).body).toEqual([]);
  });
});
