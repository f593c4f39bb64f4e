import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScanQueueRepository } from '#persistence/scan-queue.repository.js';
import { ScanPlansRepository } from '#persistence/scan-plans.repository.js';
import { ScanVerdictsRepository } from '#persistence/scan-verdicts.repository.js';
import { ScannersRepository } from '#persistence/scanners.repository.js';
import { ApiInProcess } from '../support/api-in-process.js';
import { CALLERS, credentialsOf, OBJECTS, resetWorld } from '../support/authorization/world.js';
import { finding } from '../support/scan-bench.js';

const HOLDER = '00000000-0000-4000-8000-000000000001';
const TAG = OBJECTS['/tags/{id}']!;
const NAMESPACE = OBJECTS['/namespaces/{id}']!;

/** What people see of scans, and do with them. */
describe('scans in the API', () => {
  let api: ApiInProcess;
  beforeAll(async () => {
    api = await ApiInProcess.start({});
    await resetWorld(api.database);
    await api.database.sql.query('DELETE FROM accepted_risks');
    await api.database.sql.query('DELETE FROM scanners');
  });
  afterAll(() => api.stop());

  type Caller = (typeof CALLERS)[number];
  const ask = async <T>(caller: Caller, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const answer = await api.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: credentialsOf(caller),
      ...(payload ? { payload } : {}),
    });
    return {
      status: answer.statusCode,
      body: (answer.body === '' ? null : JSON.parse(answer.body)) as T,
      headers: answer.headers,
    };
  };
  const tag = async () =>
    (
      await ask<{ scanned: number; vulnerabilities: { name: string }[] | null; scan: object }>(
        'viewer',
        'GET',
        `/tags/${TAG}`,
      )
    ).body;
  const verdict = async (query = '') =>
    (
      await ask<{ pass: boolean; reasons: string[]; counts: Record<string, number> }>(
        'viewer',
        'GET',
        `/tags/${TAG}/verdict?${query}`,
      )
    ).body;

  /** A worker's scan of the only image. */
  const scanWith = async (...findings: ReturnType<typeof finding>[]): Promise<void> => {
    const { sql } = api.database;
    const queue = new ScanQueueRepository(sql);
    await queue.requestAsked(100);
    const [scan] = await queue.claim('trivy', HOLDER, 1, 60);
    await new ScanVerdictsRepository(sql).settle(scan!, HOLDER, {
      scannerVersion: '1',
      dataVersion: '7',
      dataAt: null,
      findings,
    });
  };

  it('says that nothing is scanned where there is no scanner, and refuses to ask for it', async () => {
    expect(await tag()).toMatchObject({
      scanned: 0,
      vulnerabilities: null,
      scan: { state: 'none', reason: 'no scanner configured' },
    });
    expect(await verdict()).toMatchObject({ pass: false, reasons: ['there is no verdict: no scanner configured'] });
    expect(await ask('admin', 'POST', '/vulnerabilities')).toMatchObject({ status: 503 });
    expect((await ask<{ scanner: { msg: string } }>('admin', 'GET', '/health')).body).toMatchObject({
      scanner: { msg: expect.stringContaining('no scanner configured') },
    });
  });

  it('shows what a scan found: with the tag, by itself, and in the list of repositories', async () => {
    // The failed scan of the world that all these suites share.
    await api.database.sql.query('DELETE FROM scans');
    await new ScannersRepository(api.database.sql).announce([{ name: 'trivy', demo: false }]);
    await api.database.sql.query(`UPDATE manifests SET config_media_type = 'application/vnd.oci.image.config.v1+json'`);
    await new ScanPlansRepository(api.database.sql).plan(10);
    expect(await tag()).toMatchObject({ scanned: 0, scan: { state: 'queued', verdict_at: null, counts: null } });
    await scanWith(
      finding('CVE-2099-0001', { severity: 'critical', fixed: '1.1', links: ['https://a.test/1'], title: 'bad' }),
      finding('CVE-2099-0002', { severity: 'low', package: 'zlib' }),
    );
    const counts = { critical: 1, high: 0, medium: 0, low: 1, negligible: 0, unknown: 0, fixable: 1 };
    expect(await tag()).toMatchObject({
      scanned: 2,
      scan: { state: 'done', worst: 'critical', counts, verdict_at: expect.any(String) },
      vulnerabilities: [
        {
          name: 'CVE-2099-0001',
          severity: 'Critical',
          scanner: 'trivy',
          fixed_by: '1.1',
          link: 'https://a.test/1',
          description: 'bad',
        },
        { name: 'CVE-2099-0002', severity: 'Low', fixed_by: null },
      ],
    });
    const fixable = await ask<object[]>('viewer', 'GET', `/tags/${TAG}/vulnerabilities?fixable=true&per_page=1`);
    expect(fixable.headers['x-total']).toBe('1');
    expect(fixable.body).toMatchObject([
      { name: 'CVE-2099-0001', severity: 'critical', scanners: ['trivy'], accepted: null },
    ]);
    expect((await ask<object[]>('viewer', 'GET', `/tags/${TAG}/vulnerabilities?severity=low`)).body).toHaveLength(1);
    expect((await ask<object[]>('viewer', 'GET', '/repositories')).body).toMatchObject([
      { scan: { images: 1, unknown_images: 0, worst: 'critical', counts } },
    ]);
  });

  it('finds the images of a vulnerability, for those who may pull them', async () => {
    const found = await ask<object[]>('viewer', 'GET', '/vulnerabilities/cve-2099-0001/images');
    expect(found.body).toMatchObject([
      { repository: { full_name: 'crew/app' }, tag: { name: 'v1' }, severity: 'critical', fixed_by: '1.1' },
    ]);
    expect((await ask<object[]>('user', 'GET', '/vulnerabilities/CVE-2099-0001/images')).body).toEqual([]);
  });

  it('judges an image, with reasons', async () => {
    expect(await verdict('max=high')).toMatchObject({ pass: false, reasons: ['1 critical'], worst: 'critical' });
    expect(await verdict('max=critical')).toMatchObject({ pass: true, reasons: [] });
    expect(await verdict('max=none&fixable_only=true')).toMatchObject({ reasons: ['1 critical that could be fixed'] });
    expect(await ask('viewer', 'GET', `/tags/${TAG}/verdict?max=dreadful`)).toMatchObject({ status: 400 });
  });

  it('lets a gate pass what was accepted, for its time, and shows it all the same', async () => {
    const risks = `/namespaces/${NAMESPACE}/accepted_risks`;
    const risk = { vulnerability: 'CVE-2099-0001', reason: 'it is not reachable', expires_at: '2099-01-01T00:00:00Z' };
    expect(await ask('owner', 'POST', risks, { ...risk, expires_at: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 422,
    });
    const made = await ask<{ id: number }>('owner', 'POST', risks, risk);
    expect(made).toMatchObject({ status: 201, body: { author: { name: 'owner' }, expired: false } });
    expect(await verdict('max=high')).toMatchObject({ pass: true, accepted: 1 });
    const shown = await ask<object[]>('viewer', 'GET', `/tags/${TAG}/vulnerabilities?severity=critical`);
    expect(shown.body).toMatchObject([{ accepted: { reason: 'it is not reachable', username: 'owner' } }]);
    await api.database.sql.query(`UPDATE accepted_risks SET expires_at = now() - interval '1 second'`);
    expect(await verdict('max=high')).toMatchObject({ pass: false, accepted: 0 });
    expect(await ask('owner', 'DELETE', `${risks}/${made.body.id}`)).toMatchObject({ status: 204 });
    expect(await api.database.value(`SELECT count(*)::int FROM activities WHERE key LIKE 'risk.%'`)).toBe(2);
  });

  it('asks for new scans of a tag, a repository and everything', async () => {
    const waiting = () => api.database.value(`SELECT count(*)::int FROM scans WHERE state = 'queued'`);
    for (const path of [`/vulnerabilities/${TAG}`, `/repositories/${OBJECTS['/repositories/{id}']}/vulnerabilities`]) {
      expect(await ask('admin', 'POST', path)).toMatchObject({ status: 202 });
      expect(await waiting()).toBe(1);
      await scanWith();
    }
    expect(await tag()).toMatchObject({ vulnerabilities: [], scan: { state: 'done', worst: null } });
    expect(await ask('admin', 'POST', '/vulnerabilities')).toMatchObject({ status: 202 });
    const queue = new ScanQueueRepository(api.database.sql);
    expect([await queue.requestAsked(100), await queue.requestAsked(100)]).toEqual([1, 0]);
    expect(await waiting()).toBe(1);
    expect(await api.database.value('SELECT asked_at FROM scanners')).toBeNull();
    expect(await api.database.value(`SELECT count(*)::int FROM activities WHERE key = 'scan.request'`)).toBe(3);
  });
});
