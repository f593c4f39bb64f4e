import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alpine, debian, fileLayer } from '../factories/file-layer.js';
import { buildImage } from '../factories/image.js';
import { FakeTrivy } from '../support/fake-trivy.js';
import { askApi, missingForStart, NpmStart, pushTo, type Quickstart } from '../support/npm-start.js';
import { until } from '../support/until.js';

interface Tag {
  id: number;
  name: string;
  scan: { state: string; reason: string | null; verdict_at: string | null; worst: string | null; demo: boolean };
  vulnerabilities: { name: string }[] | null;
}

const { PORTUS_TEST_TRIVY: command, PORTUS_TEST_TRIVY_DB: database } = process.env;
const real = [...missingForStart(), ...(command && database ? [] : ['PORTUS_TEST_TRIVY'])];
const SCAN = { timeoutMs: 30_000 };

const needs = (missing: string[]): string => (missing.length > 0 ? ` (needs ${missing.join(', ')})` : '');

async function tagOf(facts: Quickstart, repository: string, tag: string): Promise<Tag | undefined> {
  const repositories = await askApi<{ id: number; full_name: string }[]>(facts, '/repositories');
  const id = repositories.find((each) => each.full_name === repository)?.id;
  if (id === undefined) return undefined;
  const found = (await askApi<Tag[]>(facts, `/repositories/${id}/tags`)).find((each) => each.name === tag);
  // Lists count what was found; the tag by itself names it.
  return found && askApi<Tag>(facts, `/tags/${found.id}`);
}

const scanned = (facts: Quickstart, repository: string, tag: string, state = 'done'): Promise<Tag> =>
  until(
    `${repository}:${tag} is ${state}`,
    async () => {
      const found = await tagOf(facts, repository, tag);
      return found?.scan.state === state ? found : null;
    },
    SCAN,
  );

describe.skipIf(real.length > 0)(`npm start with Trivy on the PATH${needs(real)}`, () => {
  let sut: NpmStart;
  let facts: Quickstart;
  beforeAll(async () => {
    const env = { PORTUS_SECURITY_TRIVY_CACHE_DIR: database!, PORTUS_SECURITY_TRIVY_OFFLINE: 'true' };
    sut = await NpmStart.create({ env, path: [dirname(command!)] });
    facts = await sut.start();
  }, 120_000);
  afterAll(() => sut?.remove());

  it('scans what is pushed, and shows what was found', async () => {
    const layers = [fileLayer(debian('12', { zlib: '1:1.2.13-1' }))];
    await pushTo(facts, 'admin/app', 'v1', buildImage({ seed: 'bad', layers }));
    const tag = await scanned(facts, 'admin/app', 'v1');
    expect(tag.scan).toMatchObject({ worst: 'high', verdict_at: expect.any(String), demo: false });
    expect(tag.vulnerabilities!.map(({ name }) => name)).toEqual(['CVE-2099-0002', 'CVE-2099-0003']);
    const images = await askApi<object[]>(facts, '/vulnerabilities/CVE-2099-0002/images');
    expect(images).toMatchObject([{ repository: { full_name: 'admin/app' }, tag: { name: 'v1' }, package: 'zlib' }]);
    expect(await askApi(facts, `/tags/${tag.id}/verdict?max=medium`)).toMatchObject({
      pass: false,
      reasons: ['1 high'],
      scanners: [{ scanner: 'trivy', data_at: '2026-11-01T00:00:00.000Z' }],
    });
    const [sbom] = await askApi<{ key: string }[]>(facts, `/tags/${tag.id}/sboms`);
    expect(await askApi(facts, `/tags/${tag.id}/sboms/${sbom!.key}`)).toMatchObject({
      bomFormat: 'CycloneDX',
      components: expect.arrayContaining([expect.objectContaining({ name: 'zlib', version: '1:1.2.13-1' })]),
    });
    expect(await askApi(facts, '/health')).toMatchObject({ scanner: { msg: expect.stringMatching(/by trivy \d/) } });
  });

  it('tells what is clean from what it can not look at, also when a tag is moved', async () => {
    const fixed = buildImage({ seed: 'fixed', layers: [fileLayer(alpine('3.19', { musl: '1.2.5-r1' }))] });
    await pushTo(facts, 'admin/app', 'v2', fixed);
    expect(await scanned(facts, 'admin/app', 'v2')).toMatchObject({ scan: { worst: null }, vulnerabilities: [] });
    await pushTo(facts, 'admin/app', 'v2', buildImage({ seed: 'empty', layers: [fileLayer({ 'a.txt': 'a' })] }));
    const unknown = await scanned(facts, 'admin/app', 'v2', 'unsupported');
    expect(unknown).toMatchObject({ scan: { verdict_at: null }, vulnerabilities: null });
  });
});

/** The way from the PATH to the page does not need the real one. */
describe.skipIf(missingForStart().length > 0)(
  `npm start with a stand-in for Trivy on the PATH${needs(missingForStart())}`,
  () => {
    let trivy: FakeTrivy;
    let sut: NpmStart;
    afterAll(async () => {
      await sut?.remove();
      await trivy?.remove();
    });

    it('scans what is pushed, and says why what it could not scan has no verdict', async () => {
      trivy = await FakeTrivy.create();
      sut = await NpmStart.create({ env: { PORTUS_SECURITY_TRIVY_OFFLINE: 'true' }, path: [trivy.folder] });
      const facts = await sut.start();
      const broken = buildImage({ seed: 'broken' });
      await trivy.plays('aboutAnother', broken.manifest.digest);
      await pushTo(facts, 'admin/app', 'v1', buildImage({ seed: 'bad' }));
      await pushTo(facts, 'admin/app', 'v2', broken);
      expect((await scanned(facts, 'admin/app', 'v1')).vulnerabilities).toMatchObject([{ name: 'CVE-2099-0002' }]);
      const tag = await until(
        'the failure is told',
        async () => {
          const found = await tagOf(facts, 'admin/app', 'v2');
          return found?.scan.reason ? found : null;
        },
        SCAN,
      );
      expect(tag).toMatchObject({
        scan: { state: 'queued', verdict_at: null, reason: expect.stringContaining('about another image') },
        vulnerabilities: null,
      });
    }, 120_000);
  },
);
