import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInProcess, type Said } from '../support/api-in-process.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('what holds for every operation of the API', () => {
  let api: ApiInProcess;
  let alpha: number;
  beforeAll(async () => {
    api = await ApiInProcess.start();
    alpha = (await api.post<{ id: number }>('/teams', { name: 'alpha' })).body.id;
    for (const name of ['beta', 'gamma', 'delta', 'epsilon']) await api.post('/teams', { name });
  });
  afterAll(() => api.stop());

  const names = (said: Said<unknown>) => (said.body as { name: string }[]).map(({ name }) => name);

  describe('lists', () => {
    it('are gone through by cursors, in any order, both ways, without skipping what comes in between', async () => {
      for (const [sort, order] of [
        ['id', 'asc'],
        ['id', 'desc'],
        ['name', 'asc'],
        ['name', 'desc'],
        ['created_at', 'desc'],
      ]) {
        const query = `sort_attr=${sort}&sort_order=${order}&per_page=2`;
        const whole = names(await api.get(`/teams?sort_attr=${sort}&sort_order=${order}&per_page=100`));
        const seen: string[] = [];
        for (let cursor = ''; ;) {
          const page = await api.get(`/teams?${query}${cursor}`);
          expect(page.status).toBe(200);
          seen.push(...names(page));
          const next = page.headers['x-next-cursor'];
          if (next === undefined) break;
          cursor = `&cursor=${String(next)}`;
        }
        expect(seen).toEqual(whole);
      }
    });

    it('have the headers of Portus, and of what is behind a cursor no total', async () => {
      const { headers } = await api.get('/teams?per_page=2&page=2');
      expect(headers).toMatchObject({
        'x-page': '2',
        'x-per-page': '2',
        'x-next-page': '3',
        'x-prev-page': '1',
        'x-total': '5',
        'x-total-pages': '3',
        'x-total-exact': 'true',
      });
      expect(headers['link']).toBe(
        [1, 3, 1, 3]
          .map((page, i) => `</api/v1/teams?per_page=2&page=${page}>; rel="${['prev', 'next', 'first', 'last'][i]}"`)
          .join(', '),
      );
      const behind = await api.get(`/teams?per_page=2&cursor=${String(headers['x-next-cursor'])}`);
      expect(names(behind)).toEqual(['epsilon']);
      expect(behind.headers).not.toHaveProperty('x-total');
      expect(behind.headers).not.toHaveProperty('x-next-cursor');
    });

    it('refuse what they do not know, by its name', async () => {
      for (const [query, name] of [
        ['colour=red', 'colour'],
        ['sort_attr=password_hash', 'sort_attr'],
        ['per_page=1001', 'per_page'],
        ['cursor=nonsense', 'cursor'],
        ['page=2&cursor=x', 'cursor'],
      ]) {
        const { status, body } = await api.get<{ message: string }>(`/teams?${query}`);
        expect([status, body.message.split(':')[0]]).toEqual([400, name]);
      }
    });

    it('refuse a cursor of another order, and one that was made up', async () => {
      const { headers } = await api.get('/teams?per_page=2&sort_attr=name');
      expect((await api.get(`/teams?cursor=${String(headers['x-next-cursor'])}`)).status).toBe(400);
      for (const place of [
        ['created_at', 'ASC', '2026-02-31 00:00:00+00', '1'],
        ['id', 'ASC', '', '9999999999999999999'],
      ]) {
        const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
        expect((await api.get(`/teams?sort_attr=${place[0]}&cursor=${cursor}`)).status).toBe(400);
      }
    });
  });

  describe('bodies', () => {
    it('may be forms, with the types that are wanted', async () => {
      const body = 'user[username]=formed&user[email]=formed@example.test&user[bot]=true&user[display_name]=';
      const made = await api.post<{ bot: boolean; username: string }>('/users', body, { headers: FORM });
      expect(made).toMatchObject({ status: 201, body: { username: 'formed', bot: true } });
    });

    it('poison no prototype, and have bounds', async () => {
      await api.post('/teams', '__proto__[polluted]=1&constructor[prototype][polluted]=1&name=x', { headers: FORM });
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      for (const body of ['a[b][c][d][e][f][g]=1', `${'a=1&'.repeat(2_000)}`, Buffer.from([0x6e, 0x3d, 0xff])]) {
        expect((await api.post('/teams', body, { headers: FORM })).status).toBe(400);
      }
    });

    it('may hold all fields of the answer; those that nobody knows are ignored and named', async () => {
      const { body: team } = await api.get<Record<string, unknown>>(`/teams/${alpha}`);
      const sent = { team: { ...team, description: 'new', colour: 'red' }, shape: 1, 'line\nbreak': 1 };
      const put = await api.put<{ description: string }>(`/teams/${alpha}`, sent);
      expect(put).toMatchObject({ status: 200, body: { description: 'new' } });
      expect(put.headers['x-portus-warning']).toBe('unknown fields ignored: team.colour, shape, line%0Abreak');
      const again = await api.put(`/teams/${alpha}`, { team: put.body });
      expect(again.headers).not.toHaveProperty('x-portus-warning');
    });

    it('are not taken in other types', async () => {
      const headers = { 'content-type': 'multipart/form-data; boundary=x' };
      const { status } = await api.post('/teams', '--x--', { headers });
      expect(status).toBe(415);
    });
  });

  describe('methods', () => {
    it('that a path has not are refused with those that it has', async () => {
      const { status, headers, body } = await api.ask<{ code: string }>('PATCH', `/teams/${alpha}`);
      expect([status, body.code, headers['allow']]).toEqual([
        405,
        'method_not_allowed',
        'DELETE, GET, HEAD, OPTIONS, PUT',
      ]);
      expect((await api.ask('PATCH', '/nothing')).status).toBe(404);
    });

    it('OPTIONS tells them to anybody, and HEAD is GET without a body', async () => {
      const options = await api.ask('OPTIONS', '/teams', { as: null });
      expect([options.status, options.headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
      const head = await api.ask('HEAD', '/teams?per_page=2');
      const get = await api.get('/teams?per_page=2');
      expect([head.status, head.headers['x-total'], head.body]).toEqual([200, get.headers['x-total'], '']);
    });

    it('answer JSON, and 406 to who wants anything else', async () => {
      expect((await api.get('/teams', { headers: { accept: 'image/png' } })).status).toBe(406);
      for (const accept of ['*/*', 'application/json', 'text/html, */*;q=0.1', 'application/problem+json']) {
        expect((await api.get('/teams', { headers: { accept } })).status).toBe(200);
      }
    });
  });
});
