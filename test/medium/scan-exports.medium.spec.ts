import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScanPlansRepository } from '#persistence/scan-plans.repository.js';
import { ScanQueueRepository } from '#persistence/scan-queue.repository.js';
import { ScannersRepository } from '#persistence/scanners.repository.js';
import { ScanVerdictsRepository } from '#persistence/scan-verdicts.repository.js';
import { ApiInProcess } from '../support/api-in-process.js';
import { type CALLERS, credentialsOf, OBJECTS, resetWorld } from '../support/authorization/world.js';
import { finding } from '../support/scan-bench.js';

const HOLDER = '00000000-0000-4000-8000-000000000001';
const TAG = OBJECTS['/tags/{id}']!;
const SCANNERS = ['clair', 'trivy'];

describe('exports of what scanners found', () => {
  let api: ApiInProcess;
  beforeAll(async () => {
    api = await ApiInProcess.start({});
    await resetWorld(api.database);
    const { sql } = api.database;
    await new ScannersRepository(sql).announce(SCANNERS.map((name) => ({ name, demo: false })));
    await sql.query(`UPDATE manifests SET config_media_type = 'application/vnd.oci.image.config.v1+json'`);
  });
  afterAll(() => api.stop());

  const ask = (caller: (typeof CALLERS)[number], format: string) =>
    api.app.inject({
      method: 'GET',
      url: `/api/v1/tags/${TAG}/vulnerabilities/export?format=${format}`,
      headers: credentialsOf(caller),
    });
  const scanBy = async (name: string, ...findings: ReturnType<typeof finding>[]): Promise<void> => {
    const { sql } = api.database;
    const [scan] = await new ScanQueueRepository(sql).claim(name, HOLDER, 1, 60);
    const verdict = { scannerVersion: '1', dataVersion: null, dataAt: null, findings };
    await new ScanVerdictsRepository(sql).settle(scan!, HOLDER, verdict);
  };

  it('writes nothing that would say "clean" before there is a verdict', async () => {
    for (const format of ['csv', 'json', 'sarif', 'vex']) expect((await ask('viewer', format)).statusCode).toBe(409);
  });

  it('tells what two scanners found in the same package once, and names both', async () => {
    // The failed scan of the world that all these suites share.
    await api.database.sql.query('DELETE FROM scans');
    await new ScanPlansRepository(api.database.sql).plan(10);
    await scanBy('trivy', finding('CVE-2099-0001', { severity: 'critical', fixed: '1.1' }));
    await scanBy('clair', finding('CVE-2099-0001', { severity: 'high' }), finding('CVE-2099-0002'));
    const { vulnerabilities, scanners } = (await ask('viewer', 'json')).json<{
      vulnerabilities: object[];
      scanners: object[];
    }>();
    expect(vulnerabilities).toMatchObject([
      { name: 'CVE-2099-0001', severity: 'critical', fixed_by: '1.1', scanners: SCANNERS },
      { name: 'CVE-2099-0002', severity: 'high', scanners: ['clair'] },
    ]);
    expect(scanners).toMatchObject(SCANNERS.map((scanner) => ({ scanner })));
  });

  it.each([
    ['csv', 'text/csv', /^image,verdict_at,.*\r\n[^,]+crew\/app@sha256:/],
    ['json', 'application/json', /"repository": "crew\/app"/],
    ['sarif', 'application/sarif+json', /"version": "2\.1\.0"/],
    ['vex', 'application/vnd.cyclonedx+json', /"bomFormat": "CycloneDX"/],
  ])('is a file: %s', async (format, type, body) => {
    const answer = await ask('viewer', format);
    expect(answer.headers['content-type']).toContain(type);
    expect(answer.headers['content-disposition']).toContain('attachment; filename="vulnerabilities-');
    expect(answer.body).toMatch(body);
    expect(answer.body).toContain('CVE-2099-0001');
  });

  it('is for whoever may pull the image', async () => {
    expect((await ask('user', 'csv')).statusCode).toBe(404);
    expect((await ask('viewer', 'xml')).statusCode).toBe(400);
  });
});
