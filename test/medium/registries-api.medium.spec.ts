import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiInProcess } from '../support/api-in-process.js';

interface Registry {
  id: number;
  name: string;
  hostname: string;
}

let api: ApiInProcess;
beforeAll(async () => {
  api = await ApiInProcess.start();
});
afterAll(() => api.stop());

/** Nothing answers there. */
const registry = { name: 'second', hostname: '127.0.0.1:1', use_ssl: false };
const details = (key: string) =>
  api.database.sql.query<{ details: object; actor: string }>(
    'SELECT details, actor_name AS actor FROM activities WHERE key = $1 ORDER BY id DESC LIMIT 1',
    [key],
  );

it('a second registry is made, one that does not answer with `force` only', async () => {
  const refused = await api.post('/registries', { registry });
  expect(refused).toMatchObject({ status: 422, body: { message: { hostname: [expect.stringMatching(/^Error: /)] } } });
  const made = await api.post<Registry>('/registries', { registry, force: true });
  expect(made).toMatchObject({ status: 201, body: registry });
  expect((await api.get<Registry[]>('/registries')).body.length).toBe(2);
  const shown = await api.get(`/registries/${made.body.id}/reachability`);
  expect(shown.body).toMatchObject({ reachable: false, message: expect.stringMatching(/^Error: /) });
  expect((await api.get('/registries/999/reachability')).status).toBe(404);
});

it('what GET shows is taken back, though nothing answers there', async () => {
  const [first] = (await api.get<Registry[]>('/registries')).body;
  const again = await api.put(`/registries/${first!.id}`, { registry: first });
  expect(again).toMatchObject({ status: 200, body: first as object });
  expect(await details('registry.update')).toEqual([]);
});

it('trap: changes of registries stand in the activities, secrets do not', async () => {
  const secret = 'a-webhook-secret-of-the-third';
  const third = { ...registry, name: 'third', hostname: '127.0.0.1:2', webhook_secret: secret };
  const { id } = (await api.post<Registry>('/registries', { registry: third, force: 'true' })).body;
  expect(await details('registry.create')).toMatchObject([
    { actor: 'admin', details: { name: 'third', forced: true } },
  ]);
  await api.put(`/registries/${id}`, {
    registry: { name: '3rd', webhook_secret: `${secret}-again` },
  });
  expect(await details('registry.update')).toMatchObject([
    { details: { before: { name: 'third' }, after: { name: '3rd' }, secret: true } },
  ]);
  await api.delete(`/registries/${id}/former_secret`);
  expect(await details('registry.update')).toMatchObject([{ details: { former_secret: 'ended' } }]);
  const rotated = await api.post<{ webhook_secret: string }>(`/registries/${id}/rotate_secret`, undefined);
  expect((await details('registry.rotate_secret')).length).toBe(1);
  expect((await api.post(`/registries/${id}/rotate_secret`, undefined)).status).toBe(409);
  const all = JSON.stringify(await api.database.sql.query('SELECT details FROM activities'));
  for (const word of ['again', secret, rotated.body.webhook_secret]) expect(all).not.toContain(word);
});

it('what was refused stands nowhere', async () => {
  const before = await api.database.value<number>('SELECT count(*)::int FROM activities');
  expect((await api.post('/registries', { registry, force: true })).status).toBe(422);
  expect((await api.put('/registries/999', { registry: { name: 'x' } })).status).toBe(404);
  expect(await api.database.value<number>('SELECT count(*)::int FROM activities')).toBe(before);
});
