import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScanError, type ScanOutcome } from '#scanning/scanner.js';
import type { TrivySettings } from '#scanning/trivy/trivy-settings.js';
import { TrivyScanner } from '#scanning/trivy/trivy.js';
import { alpine, debian, fileLayer, npmPackage } from '../factories/file-layer.js';
import { type BuiltImage, buildImage } from '../factories/image.js';
import { faultsOfCycloneDx } from '../support/published-schemas.js';
import { ScanRegistry } from '../support/scan-registry.js';
import { TrivyServer } from '../support/trivy-server.js';

const command = process.env['PORTUS_TEST_TRIVY'];
const database = process.env['PORTUS_TEST_TRIVY_DB'];
const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];

const isHere = command && database && binary;

const withoutSbom = (outcome: ScanOutcome) => (outcome.kind === 'report' ? { ...outcome.report, sbom: null } : outcome);

/** The real Trivy, a real registry that wants tokens, and a database made for the test. */
describe.skipIf(!isHere)(`${TrivyScanner.name}${isHere ? '' : ' (needs PORTUS_TEST_TRIVY)'}`, () => {
  let registry: ScanRegistry;
  let folder: string;
  const images: Record<string, BuiltImage> = {
    debian: buildImage({
      seed: 'debian',
      layers: [fileLayer({ ...debian('12', { zlib: '1:1.2.13-1' }), ...npmPackage('left-pad', '1.3.0') })],
    }),
    alpine: buildImage({
      seed: 'alpine',
      layers: [fileLayer({ 'hello.txt': 'hello' }), fileLayer(alpine('3.19', { musl: '1.2.4-r0' }))],
    }),
    fixed: buildImage({ seed: 'fixed', layers: [fileLayer(alpine('3.19', { musl: '1.2.5-r1' }))] }),
    empty: buildImage({ seed: 'empty', layers: [fileLayer({ 'hello.txt': 'hello' })] }),
    broken: buildImage({ seed: 'broken', layers: ['this is no archive'] }),
  };

  beforeAll(async () => {
    registry = await ScanRegistry.start(binary!, images);
    ({ folder } = registry);
  }, 60_000);
  afterAll(() => registry?.remove());

  const scanner = (more: Partial<TrivySettings> = {}) =>
    new TrivyScanner({
      command: command!,
      server: null,
      serverToken: null,
      cacheDir: database!,
      offline: true,
      dbRepository: null,
      insecure: false,
      sbom: true,
      timeout: 60,
      concurrency: 2,
      ...more,
    });
  const sign = (actions: string[], name?: string) => registry.sign(actions, name);
  const scan = (name: string, sut = scanner(), pullToken?: () => Promise<string>, signal?: AbortSignal) =>
    registry.scan(name, sut, pullToken, signal);

  it('tells its version and of when its database is', async () => {
    expect(await scanner().describe(AbortSignal.timeout(20_000))).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      dataVersion: expect.stringContaining('2026-11-01'),
      dataAt: new Date('2026-11-01T00:00:00Z'),
    });
  });

  it('finds what is known of packages of Debian and of npm', async () => {
    const outcome = await scan('debian');
    if (outcome.kind !== 'report') throw new Error('no report');
    const found = outcome.report.findings.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(
      found.map(({ id, package: name, installed, fixed, severity }) => [id, name, installed, fixed, severity]),
    ).toEqual([
      ['CVE-2099-0002', 'zlib', '1:1.2.13-1', '1:1.3.1-1', 'high'],
      ['CVE-2099-0003', 'zlib', '1:1.2.13-1', null, 'low'],
      ['CVE-2099-0004', 'left-pad', '1.3.0', '1.3.1', 'medium'],
    ]);
    expect(found[0]).toMatchObject({
      purl: expect.stringMatching(/^pkg:deb\/debian\/zlib@1/),
      title: 'zlib: something else overflows',
      cvss: { score: 7.5, vector: expect.stringContaining('CVSS:3.1') },
      layerDigest: images['debian']!.layers[0]!.digest,
      links: expect.arrayContaining(['https://example.com/CVE-2099-0002']),
    });
  });

  it('finds what is known of packages of Alpine, in the layer that brings them', async () => {
    const outcome = await scan('alpine');
    expect(outcome).toMatchObject({
      report: {
        findings: [
          {
            id: 'CVE-2099-0001',
            severity: 'critical',
            fixed: '1.2.5-r1',
            layerDigest: images['alpine']!.layers[1]!.digest,
          },
        ],
      },
    });
  });

  it('makes an SBOM of what is in the image, without what is known of it', async () => {
    const outcome = await scan('debian');
    if (outcome.kind !== 'report') throw new Error('no report');
    const { mediaType, body } = outcome.report.sbom!;
    const document = JSON.parse(body.toString()) as { components: { name: string; version?: string }[] };
    expect(mediaType).toBe('application/vnd.cyclonedx+json');
    expect(faultsOfCycloneDx(document)).toBe('');
    expect(document).toMatchObject({
      metadata: { component: { type: 'container', name: expect.stringContaining(images['debian']!.manifest.digest) } },
    });
    expect(document.components.map(({ name, version }) => `${name} ${version}`)).toEqual(
      expect.arrayContaining(['zlib 1:1.2.13-1', 'left-pad 1.3.0']),
    );
    expect(body.toString()).not.toContain('CVE-2099');
  });

  it('finds nothing where all is fixed, and says that it can not tell where it knows nothing', async () => {
    expect(await scan('fixed')).toMatchObject({ kind: 'report', report: { findings: [] } });
    expect(await scan('empty')).toMatchObject({ kind: 'unsupported' });
  });

  it('works on several images at the same time', async () => {
    const sut = scanner();
    const outcomes = await Promise.all(['debian', 'alpine', 'fixed', 'debian'].map((name) => scan(name, sut)));
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['report', 'report', 'report', 'report']);
  });

  it('fails with a reason, and without the token in it', async () => {
    const foreign = await sign(['pull'], 'team/other');
    for (const [name, token] of [
      ['debian', foreign],
      ['debian', 'rubbish'],
      ['broken', await sign(['pull'])],
    ] as const) {
      const failure = await scan(name, scanner(), async () => token).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ScanError);
      expect((failure as ScanError).message).not.toContain(token);
      expect((failure as ScanError).kind).not.toBe('away');
    }
  });

  it('is away without its database, or without the program', async () => {
    const nowhere = scanner({ cacheDir: join(folder, 'nothing') });
    await expect(scan('debian', nowhere)).rejects.toMatchObject({
      kind: 'away',
      message: expect.stringContaining('database'),
    });
    await expect(scan('debian', scanner({ command: '/nowhere/trivy' }))).rejects.toMatchObject({ kind: 'away' });
  });

  it('is killed when nobody wants to know any more', async () => {
    const abort = new AbortController();
    const running = scan(
      'debian',
      scanner(),
      async () => {
        setTimeout(() => abort.abort(new Error('enough')), 50);
        return sign(['pull']);
      },
      abort.signal,
    );
    await expect(running).rejects.toThrow('enough');
  });

  it('hands its token to no argument', async () => {
    const witness = join(folder, 'witness');
    await writeFile(join(folder, 'trivy'), `#!/bin/sh\necho "$@" >> ${witness}\nexec ${command} "$@"\n`, {
      mode: 0o755,
    });
    const token = await sign(['pull']);
    await scan('fixed', scanner({ command: join(folder, 'trivy') }), async () => token);
    const seen = await readFile(witness, 'utf8');
    expect(seen).toContain('team/app@sha256:');
    expect(seen).not.toContain(token);
  });

  describe('as the client of a server', () => {
    let server: TrivyServer;
    beforeAll(async () => {
      server = await TrivyServer.start({ command: command!, database: database!, token: 'shared' });
    }, 60_000);
    afterAll(() => server?.remove());
    const client = (more: Partial<TrivySettings> = {}) =>
      scanner({ server: server.url, serverToken: 'shared', cacheDir: join(folder, 'of the client'), ...more });

    it('tells of when the database of the server is', async () => {
      expect(await client().describe(AbortSignal.timeout(20_000))).toMatchObject({
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        dataAt: new Date('2026-11-01T00:00:00Z'),
      });
    });

    it('finds what it finds without one, in several images at the same time', async () => {
      const sut = client();
      for (const name of ['debian', 'alpine', 'fixed', 'empty']) {
        const [alone, ...others] = await Promise.all([scan(name), scan(name, sut), scan(name, sut)]);
        for (const other of others) expect(withoutSbom(other)).toEqual(withoutSbom(alone));
      }
      expect(await scan('debian', sut)).toMatchObject({ report: { sbom: { format: 'cyclonedx' } } });
    });

    it('is away, through no fault of the image, where the token is another', async () => {
      await expect(scan('debian', client({ serverToken: 'guessed' }))).rejects.toMatchObject({ kind: 'away' });
    });

    it('is away when the server ends between two questions, and goes on when it is back', async () => {
      const sut = client();
      await sut.describe(AbortSignal.timeout(20_000));
      await server.program.kill();
      await expect(scan('alpine', sut)).rejects.toMatchObject({ name: ScanError.name, kind: 'away' });
      await server.program.start();
      expect((await scan('alpine', sut)).kind).toBe('report');
    });
  });
});
