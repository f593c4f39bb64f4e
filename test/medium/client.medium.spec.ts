import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPortusClient } from '../../libs/client/src/client.js';
import { ApiInProcess } from '../support/api-in-process.js';

describe(createPortusClient.name, () => {
  let api: ApiInProcess;
  let baseUrl = '';
  beforeAll(async () => {
    api = await ApiInProcess.start();
    await api.app.listen(0, '127.0.0.1');
    baseUrl = await api.app.getUrl();
  });
  afterAll(() => api.stop());

  const clientOf = (username: string, password: string) => {
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return createPortusClient({ baseUrl, headers: { authorization } });
  };

  it('makes, reads and lists by the types of the description', async () => {
    const client = clientOf('admin', api.admin.password);
    const user = { username: 'typed', email: 'typed@example.test', password: 'password of typed' };
    const made = await client.POST('/api/v1/users', { body: { user } });
    const { data } = await client.GET('/api/v1/users/{id}', { params: { path: { id: String(made.data!.id) } } });
    expect(data?.username).toBe('typed');
    const list = await client.GET('/api/v1/users', { params: { query: { sort_attr: 'username', per_page: 100 } } });
    expect(list.data?.map(({ username }) => username)).toContain('typed');
  });

  it('hands errors over as the description has them', async () => {
    const { data, error, response } = await clientOf('admin', 'a wrong password').GET('/api/v1/teams');
    expect(data).toBeUndefined();
    expect(response.status).toBe(401);
    expect(error).toMatchObject({ message: 'Authentication fails', code: 'unauthenticated' });
  });
});
