import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiInProcess } from '../support/api-in-process.js';

let api: ApiInProcess;
beforeAll(async () => {
  api = await ApiInProcess.start();
});
afterAll(() => api.stop());

it('a person who is made is there', async () => {
  const made = await api.person('alice');
  expect((await api.get(`/users/${made.id}`)).body).toMatchObject({ username: 'alice' });
});
