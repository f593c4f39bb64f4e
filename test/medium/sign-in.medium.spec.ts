import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiInProcess } from '../support/api-in-process.js';
import { until } from '../support/until.js';

let api: ApiInProcess;
beforeAll(async () => {
  api = await ApiInProcess.start();
  await api.person('alice');
});
afterAll(() => api.stop());

const signIn = (username: string) => api.post('/session', { username, password: 'a wrong password' }, { as: null });
const told = () =>
  api.database.sql.query<{ subject: string }>(
    `SELECT subject_name AS subject FROM activities WHERE key = 'session.failure' ORDER BY id`,
  );

it('trap: a failure is answered as soon for a name that somebody has: what is written more comes after the answer', async () => {
  const answered: number[] = [];
  await api.database.sql.transaction(async (sql) => {
    // Nobody writes an activity before this ends.
    await sql.query('LOCK TABLE activities IN ACCESS EXCLUSIVE MODE');
    for (const name of ['alice', 'nobody']) answered.push((await signIn(name)).status);
  });
  expect(answered).toEqual([401, 401]);
  await until('the failure is written down', async () => (await told()).length > 0);
  // What else is typed there may be a password.
  expect(await told()).toEqual([{ subject: 'alice' }]);
});
