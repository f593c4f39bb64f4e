import { afterAll, beforeAll, expect, it } from 'vitest';
import { Draining } from '#platform/lifecycle/draining.js';
import { ApiInProcess } from '../support/api-in-process.js';

let api: ApiInProcess;
beforeAll(async () => {
  api = await ApiInProcess.start();
});
afterAll(() => api.stop());

it('an api on its way out says so to balancers, serves whoever comes, and keeps no connection', async () => {
  const get = (url: string) => api.app.inject({ method: 'GET', url });
  expect((await get('/_health')).statusCode).toBe(200);
  expect((await get('/_ping')).headers['connection']).not.toBe('close');
  api.app.get(Draining).begin();
  const health = await get('/_health');
  expect([health.statusCode, health.headers['x-portus-status']]).toEqual([503, 'down']);
  expect(health.json()).toMatchObject({ process: { success: false, status: 'down' } });
  for (const url of ['/_ping', '/v2/', '/api/v1/users']) {
    const answer = await get(url);
    expect(answer.statusCode, url).toBeLessThan(500);
    expect(answer.headers['connection'], url).toBe('close');
  }
});
