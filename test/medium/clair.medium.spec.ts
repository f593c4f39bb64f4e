import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClairScanner, type ClairSettings } from '#scanning/clair/clair.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { TokenSigner } from '#tokens/token-signer.js';
import { bookworm, fileLayer } from '../factories/file-layer.js';
import { type BuiltImage, buildImage } from '../factories/image.js';
import { Between } from '../support/between.js';
import { checkedClair } from '../support/clair-checked.js';
import { faultsOfClair } from '../support/published-schemas.js';
import { pushImage } from '../support/push-image.js';
import { RealClair } from '../support/real-clair.js';
import { type RealRegistry, startRealRegistry } from '../support/real-registry.js';

const clairProgram = process.env['PORTUS_TEST_CLAIR'];
const clairctl = process.env['PORTUS_TEST_CLAIRCTL'];
const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
const ISSUER = 'portus.test';
const SERVICE = 'registry.test';

/** Where Clair 4.9 says something else than it publishes: kinds in small letters, and nothing instead of what is not known. */
const OWN_WORDS =
  /^\S*\/(kind|cpe|repository_ids) must |^\S*\/repository must have required property 'id'| arch_op when /;

const isHere = clairProgram && clairctl && binary;

/** The real Clair with vulnerabilities made for the test, and a real registry that wants tokens. */
describe.skipIf(!isHere)(`real ${ClairScanner.name}${isHere ? '' : ' (needs PORTUS_TEST_CLAIR)'}`, () => {
  let registry: RealRegistry;
  let clair: RealClair;
  let signer: TokenSigner;
  let folder: string;
  const images: Record<string, BuiltImage> = {
    old: buildImage({
      seed: 'old',
      layers: [fileLayer({ 'hello.txt': 'hello' }), fileLayer(bookworm({ zlib: '1:1.2.13-1' }))],
    }),
    fixed: buildImage({ seed: 'fixed', layers: [fileLayer(bookworm({ zlib: '1:1.3.2-1' }))] }),
    empty: buildImage({ seed: 'empty', layers: [fileLayer({ 'hello.txt': 'hello' })] }),
  };
  const sign = async (actions: string[], name = 'team/app'): Promise<string> => {
    const access = [{ type: 'repository' as const, name, actions }];
    return (await signer.sign({ subject: 'portus', audience: SERVICE, access, lifetime: 300, now: Date.now() })).token;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portus-clair-test-'));
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: ISSUER });
    const rootcertbundle = join(folder, 'certificate.pem');
    await writeFile(rootcertbundle, certificatePem);
    signer = new TokenSigner(loadSigningKey(keyPem, certificatePem, new Date()), ISSUER);
    const auth = { realm: 'http://127.0.0.1:1/v2/token', service: SERVICE, issuer: ISSUER, rootcertbundle };
    registry = await startRealRegistry({ binary: binary!, auth });
    const token = await sign(['pull', 'push']);
    for (const [tag, image] of Object.entries(images))
      await pushImage({ url: registry.url, repository: 'team/app', token }, tag, image);
    clair = await RealClair.start({ clair: clairProgram!, clairctl: clairctl! });
  }, 90_000);
  afterAll(async () => {
    await clair?.remove();
    await registry?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const scanner = (more: Partial<ClairSettings> = {}): ClairScanner =>
    new ClairScanner({
      server: clair.url,
      matcher: null,
      key: clair.key,
      issuer: 'portus',
      timeout: 60,
      concurrency: 1,
      ...more,
    });
  const scan = async (name: string, sut = scanner(), pullToken = () => sign(['pull'])) => {
    const { digest, mediaType } = images[name]!.manifest;
    const platform = { os: 'linux', architecture: 'amd64', variant: null };
    const target = { registryUrl: registry.url, repository: 'team/app', digest, mediaType, platform, size: 1 };
    return sut.scan({ target, pullToken, signal: AbortSignal.timeout(60_000) });
  };

  it('is away while it knows of no vulnerabilities', async () => {
    await expect(scan('old')).rejects.toMatchObject({ kind: 'away', message: /no vulnerability data yet/ });
  });

  describe('that has learned', () => {
    beforeAll(async () => {
      await clair.learn([
        { name: 'CVE-2099-0002', package: 'zlib', fixed: '1:1.3.1-1', severity: 'High' },
        { name: 'CVE-2099-0003', package: 'zlib', fixed: '', severity: 'Low' },
      ]);
    });

    it('tells its indexer, and of when its data are', async () => {
      expect(await scanner().describe(AbortSignal.timeout(20_000))).toEqual({
        version: expect.stringMatching(/^indexer [0-9a-f]{32}$/),
        dataVersion: expect.stringMatching(/^[0-9a-f-]{36}$/),
        dataAt: expect.any(Date),
      });
    });

    it('finds what is known of packages, and in which layer they are', async () => {
      const outcome = await scan('old');
      if (outcome.kind !== 'report') throw new Error(outcome.reason);
      const found = outcome.report.findings.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const common = {
        package: 'zlib',
        installed: '1:1.2.13-1',
        severitySource: 'debian/updater',
        layerDigest: images['old']!.layers[1]!.digest,
      };
      expect(found).toMatchObject([
        { id: 'CVE-2099-0002', fixed: '1:1.3.1-1', severity: 'high', ...common },
        { id: 'CVE-2099-0003', fixed: null, severity: 'low', ...common },
      ]);
    });

    it('finds less in an image with a newer package', async () => {
      const outcome = await scan('fixed');
      expect(outcome).toMatchObject({ kind: 'report', report: { findings: [{ id: 'CVE-2099-0003' }] } });
    });

    it('does not call an image clean in which it finds nothing to look at', async () => {
      expect((await scan('empty')).kind).toBe('unsupported');
    });

    it('is told what its published schemas want, and says what they say, but for known words', async () => {
      const between = await Between.start(clair.url);
      try {
        expect((await scan('old', scanner({ server: between.url }))).kind).toBe('report');
        checkedClair('manifest', between.asked(/\/index_report$/));
        checkedClair('indexState', between.told(/\/index_state$/));
        const faults = [
          faultsOfClair('index_report', between.told(/\/index_report/)),
          faultsOfClair('vulnerability_report', between.told(/\/vulnerability_report\//)),
        ].flatMap((text) => text.split('; '));
        expect(faults.filter((fault) => fault !== '' && !OWN_WORDS.test(fault))).toEqual([]);
      } finally {
        await between.stop();
      }
    });

    it('reads nothing with a token for another repository', async () => {
      const sut = scan('old', scanner(), () => sign(['pull'], 'team/other'));
      await expect(sut).rejects.toMatchObject({ name: 'ScanError', kind: 'failed' });
    });

    it('is not let in with another key', async () => {
      const sut = scanner({ key: Buffer.from('another one') }).describe(AbortSignal.timeout(20_000));
      await expect(sut).rejects.toMatchObject({ kind: 'away', message: /401/ });
    });
  });
});
