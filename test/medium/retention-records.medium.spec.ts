import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiInProcess } from '../support/api-in-process.js';
import { takeFaults } from '../support/contract/watch.js';

let api: ApiInProcess;
beforeAll(async () => {
  api = await ApiInProcess.start();
});
afterAll(() => api.stop());

const RULE = { name: 'old ones', action: 'drop', older_than: 30 };
const names = async () => (await api.get<{ name: string }[]>('/retention_rules')).body.map(({ name }) => name);

it('trap: a rule changes together with its line in the activities, or not at all', async () => {
  const { id } = (await api.post<{ id: number }>('/retention_rules', RULE)).body;
  const { sql } = api.database;
  await sql.query(`ALTER TABLE activities ADD CONSTRAINT none CHECK (key <> 'retention.change') NOT VALID`);
  const answers = [
    await api.post('/retention_rules', { ...RULE, name: 'never' }),
    await api.put(`/retention_rules/${id}`, { ...RULE, name: 'never' }),
    await api.delete(`/retention_rules/${id}`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([500, 500, 500]);
  // No operation documents a failure of ours.
  expect(takeFaults()).toHaveLength(3);
  expect(await names()).toEqual(['old ones']);
  await sql.query('ALTER TABLE activities DROP CONSTRAINT none');
  expect((await api.delete(`/retention_rules/${id}`)).status).toBe(204);
  expect(await names()).toEqual([]);
});
