import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScannersRepository } from '#persistence/scanners.repository.js';
import { ApiInProcess } from '../support/api-in-process.js';
import { credentialsOf, OBJECTS, resetWorld } from '../support/authorization/world.js';

interface Listed {
  id: number;
  state: string;
  reason: string | null;
  places: { tag_id: number; name: string }[];
}

describe('scans and scanners in the API', () => {
  let api: ApiInProcess;
  beforeAll(async () => {
    api = await ApiInProcess.start({});
    await resetWorld(api.database);
    await api.database.sql.query('DELETE FROM scanners');
  });
  afterAll(() => api.stop());

  const ask = <T>(method: string, path: string) =>
    api.ask<T>(method, path, { as: null, headers: credentialsOf('admin') });
  const sql = (text: string) => api.database.sql.query(text);
  const failed = OBJECTS['{scan_id}']!;

  it('shows no scanner where there is none, and refuses to scan again', async () => {
    expect((await ask('GET', '/scanners')).body).toEqual([]);
    expect((await ask('POST', `/scans/${failed}/retry`)).status).toBe(503);
  });

  it('tells of the scanners that are used, also that one makes its findings up, and of problems', async () => {
    const scanners = new ScannersRepository(api.database.sql);
    await scanners.announce([
      { name: 'dummy', demo: true },
      { name: 'trivy', demo: false },
    ]);
    await scanners.check('trivy', { version: '0.60', dataVersion: '2', dataAt: new Date('2026-11-01T00:00:00Z') });
    await scanners.check('dummy', { problem: 'it is away' });
    const { body } = await ask<object[]>('GET', '/scanners');
    expect(body).toEqual([
      expect.objectContaining({ name: 'dummy', demo: true, problem: 'it is away', checked_at: null }),
      expect.objectContaining({ name: 'trivy', demo: false, version: '0.60', data_at: '2026-11-01T00:00:00.000Z' }),
    ]);
  });

  it('lists scans by state, with where the image is tagged and why they failed', async () => {
    const { body, headers } = await ask<Listed[]>('GET', '/scans?state=failed');
    expect(headers['x-total']).toBe('1');
    expect(body).toMatchObject([
      {
        id: failed,
        scanner: 'trivy',
        state: 'failed',
        reason: 'test',
        places: [{ name: 'crew/app:v1' }],
        verdict_at: null,
      },
    ]);
    expect((await ask<Listed[]>('GET', '/scans?state=done')).body).toEqual([]);
    expect((await ask<Listed[]>('GET', '/scans')).body).toHaveLength(1);
    expect((await ask('GET', '/scans?state=none')).status).toBe(400);
    expect((await ask('GET', '/scans/summary')).body).toMatchObject({ failed: 1, queued: 0, done: 0 });
  });

  it('names the tags of an index for a platform that has none itself', async () => {
    await sql(`UPDATE scan_targets SET digest = 'sha256:${'e'.repeat(64)}'`);
    await sql(`INSERT INTO manifest_children (parent_id, digest, media_type, position)
               SELECT manifest_id, 'sha256:${'e'.repeat(64)}', 'x', 0 FROM tags LIMIT 1`);
    expect((await ask<Listed[]>('GET', '/scans')).body[0]!.places).toMatchObject([{ name: 'crew/app:v1' }]);
    await sql('DELETE FROM manifest_children');
    expect((await ask<Listed[]>('GET', '/scans')).body[0]!.places).toEqual([]);
  });

  it('has an image scanned again, whatever became of it', async () => {
    expect((await ask('POST', `/scans/${failed}/retry`)).status).toBe(202);
    expect((await ask<Listed[]>('GET', '/scans?state=queued')).body).toMatchObject([{ id: failed, attempts: 0 }]);
    expect(await sql(`SELECT subject_name FROM activities WHERE key = 'scan.request'`)).toHaveLength(1);
    for (const id of ['999999', 'nonsense']) expect((await ask('POST', `/scans/${id}/retry`)).status, id).toBe(404);
  });
});
