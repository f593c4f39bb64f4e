import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HarborScanner, type HarborSettings } from '#scanning/harbor/harbor.js';
import { alpine, debian, fileLayer } from '../factories/file-layer.js';
import { type BuiltImage, buildImage } from '../factories/image.js';
import { Between } from '../support/between.js';
import { RealAdapter } from '../support/real-adapter.js';
import { ScanRegistry } from '../support/scan-registry.js';
import { checked } from '../support/scanner-scene.js';
import { HARBOR_SCHEMAS } from '../vectors/harbor-schemas.js';

const { PORTUS_TEST_ADAPTER: adapter, PORTUS_TEST_TRIVY: trivy, PORTUS_TEST_TRIVY_DB: database } = process.env;
const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
const redisUrl = process.env['REDIS_URL'];
const isHere = adapter && trivy && database && binary && redisUrl;

/** Harbor's own adapter for Trivy, the real Trivy, and a real registry that wants tokens. */
describe.skipIf(!isHere)(`real ${HarborScanner.name}${isHere ? '' : ' (needs PORTUS_TEST_ADAPTER)'}`, () => {
  let registry: ScanRegistry;
  let service: RealAdapter;
  const images: Record<string, BuiltImage> = {
    debian: buildImage({ seed: 'debian', layers: [fileLayer(debian('12', { zlib: '1:1.2.13-1' }))] }),
    fixed: buildImage({ seed: 'fixed', layers: [fileLayer(alpine('3.19', { musl: '1.2.5-r1' }))] }),
    broken: buildImage({ seed: 'broken', layers: ['this is no archive'] }),
  };

  beforeAll(async () => {
    registry = await ScanRegistry.start(binary!, images);
    service = await RealAdapter.start({ adapter: adapter!, trivy: trivy!, database: database!, redisUrl: redisUrl! });
  }, 90_000);
  afterAll(async () => {
    await service?.remove();
    await registry?.remove();
  });

  const scanner = (more: Partial<HarborSettings> = {}) => {
    const bounds = { timeout: 60, concurrency: 1 };
    return new HarborScanner({ name: 'trivy-of-harbor', url: service.url, auth: null, sbom: true, ...bounds, ...more });
  };

  it('tells what it is, and of when its data are', async () => {
    expect(await scanner().describe(AbortSignal.timeout(20_000))).toMatchObject({
      version: 'Trivy 0.67.2',
      dataAt: new Date('2026-11-01T00:00:00Z'),
    });
  });

  it('finds what is known of packages, and nothing where all is fixed', async () => {
    const outcome = await registry.scan('debian', scanner());
    if (outcome.kind !== 'report') throw new Error(outcome.reason);
    const found = outcome.report.findings.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(found).toMatchObject([
      { id: 'CVE-2099-0002', package: 'zlib', installed: '1:1.2.13-1', fixed: '1:1.3.1-1', severity: 'high' },
      { id: 'CVE-2099-0003', package: 'zlib', installed: '1:1.2.13-1', fixed: null, severity: 'low' },
    ]);
    expect(await registry.scan('fixed', scanner())).toMatchObject({ kind: 'report', report: { findings: [] } });
  });

  it('fails with a reason, and without the token in it', async () => {
    const foreign = await registry.sign(['pull'], 'team/other');
    const failure = await registry.scan('debian', scanner(), async () => foreign).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ScanError', kind: 'failed' });
    expect((failure as Error).message).not.toContain(foreign);
    await expect(registry.scan('broken', scanner())).rejects.toMatchObject({ name: 'ScanError' });
  });

  it('says, and is told, what its published API and its stand-in say', async () => {
    const between = await Between.start(service.url);
    try {
      expect((await registry.scan('debian', scanner({ url: between.url }))).kind).toBe('report');
      checked(HARBOR_SCHEMAS.metadata, between.told(/\/metadata$/));
      checked(HARBOR_SCHEMAS.scanRequest, between.asked(/\/scan$/));
      checked(HARBOR_SCHEMAS.scanResponse, between.told(/\/scan$/));
      checked(HARBOR_SCHEMAS.report, between.told(/\/report$/));
    } finally {
      await between.stop();
    }
  });
});
