import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClairScanner } from '#scanning/clair/clair.js';
import type { Scanner } from '#scanning/scanner.js';
import { checkedClair } from '../support/clair-checked.js';
import { DATA_AT, DIGEST, failureAt, LAYERS, OTHER, scanAt, startScene, TROUBLES } from '../support/scanner-scene.js';
import { answerJson, HOSTILE, type ScannerStandIn } from '../support/scanner-stand-in.js';

const KEY = Buffer.from('shared between the two of us');

let service: ScannerStandIn;
beforeEach(async () => {
  service = await startScene();
});
afterEach(() => service.stop());

const scan = (sut: Scanner, signal?: AbortSignal) => scanAt(service.url, sut, signal);
const failureOf = (sut: Scanner) => failureAt(service.url, sut);

describe(ClairScanner.name, () => {
  const INDEX = 'POST /indexer/api/v1/index_report';
  const REPORT = `GET /matcher/api/v1/vulnerability_report/${DIGEST}`;
  const TYPE = 'application/vnd.clair.index_report.v1+json';
  const clair = (more: { timeout?: number } = {}): ClairScanner =>
    new ClairScanner({
      server: service.url,
      matcher: null,
      key: KEY,
      issuer: 'portus',
      timeout: 30,
      concurrency: 1,
      ...more,
    });
  const indexed = (state: string, more: object = {}) =>
    checkedClair('indexReport', { manifest_hash: DIGEST, state, success: state === 'IndexFinished', ...more });
  const report = (digest = DIGEST) =>
    checkedClair('vulnerabilityReport', {
      manifest_hash: digest,
      packages: {
        p1: { id: 'p1', name: 'zlib1g', version: '1:1.2.13-1', kind: 'BINARY', arch: 'amd64' },
        p2: { id: 'p2', name: 'left-pad', version: '1.3.0' },
      },
      distributions: { d1: { id: 'd1', did: 'debian', version_id: '12' } },
      environments: { p1: [{ package_db: 'var/lib/dpkg/status', introduced_in: LAYERS[1], distribution_id: 'd1' }] },
      vulnerabilities: {
        v1: {
          id: 'v1',
          updater: 'debian/updater',
          name: 'CVE-2099-0002',
          description: 'zlib: something overflows',
          links: 'https://example.com/a https://example.com/b',
          severity: 'serious',
          normalized_severity: 'High',
          fixed_in_version: '1:1.3.1-1',
          distribution: { id: 'd1' },
        },
        v2: {
          id: 'v2',
          updater: 'osv/npm',
          name: 'GHSA-aaaa-bbbb-cccc',
          links: 'https://nvd.nist.gov/vuln/detail/CVE-2099-0004',
          normalized_severity: 'Medium',
          fixed_in_version: '',
          repository: { id: 'r1' },
        },
      },
      package_vulnerabilities: { p1: ['v1'], p2: ['v2'] },
      enrichments: {
        'message/vnd.clair.map.vulnerability; enricher=clair.cvss schema=https://csrc.nist.gov/': [
          { v1: [{ version: '3.1', baseScore: 7.5, vectorString: 'CVSS:3.1/AV:N' }] },
        ],
      },
    });
  beforeEach(() => {
    const state = checkedClair('indexState', { state: 'aabbcc' });
    service.on('GET /indexer/api/v1/index_state', answerJson(200, 'application/json', state));
    const updates = { 'debian/updater': [{ ref: 'r1', updater: 'debian/updater', date: DATA_AT }], 'osv/npm': null };
    service.on(
      'GET /matcher/api/v1/internal/update_operation',
      answerJson(200, 'application/json', updates, { etag: '"ref-1"' }),
    );
    service.on(INDEX, answerJson(201, TYPE, indexed('IndexFinished')));
    service.on(REPORT, answerJson(200, TYPE, report()));
  });

  it('tells its indexer, and what its matcher has', async () => {
    expect(await clair().describe(AbortSignal.timeout(5_000))).toEqual({
      version: 'indexer aabbcc',
      dataVersion: 'ref-1',
      dataAt: new Date(DATA_AT),
    });
  });

  it('is away while its matcher has no data, and of unknown age where these are kept from us', async () => {
    const path = 'GET /matcher/api/v1/internal/update_operation';
    service.on(path, answerJson(200, 'application/json', {}));
    await expect(clair().describe(AbortSignal.timeout(5_000))).rejects.toMatchObject({ kind: 'away' });
    service.on(path, (response) => response.writeHead(404).end());
    expect(await clair().describe(AbortSignal.timeout(5_000))).toMatchObject({ dataAt: null, dataVersion: null });
  });

  it('has the layers of an image fetched with a token for its repository, and reads what was found', async () => {
    const outcome = await scan(clair());
    if (outcome.kind !== 'report') throw new Error(outcome.reason);
    expect(outcome.report.scanner.dataAt).toEqual(new Date(DATA_AT));
    expect(outcome.report.findings).toEqual([
      {
        id: 'CVE-2099-0002',
        aliases: [],
        package: 'zlib1g',
        purl: null,
        installed: '1:1.2.13-1',
        fixed: '1:1.3.1-1',
        severity: 'high',
        severitySource: 'debian/updater',
        cvss: {
          score: 7.5,
          vector: 'CVSS:3.1/AV:N',
        },
        title: 'zlib: something overflows',
        links: ['https://example.com/a', 'https://example.com/b'],
        layerDigest: LAYERS[1],
      },
      expect.objectContaining({
        id: 'CVE-2099-0004',
        aliases: ['GHSA-aaaa-bbbb-cccc'],
        package: 'left-pad',
        fixed: null,
      }),
    ]);
    const [posted] = service.asked(INDEX);
    const manifest = checkedClair('manifest', JSON.parse(posted!.body) as { hash: string; layers: object[] });
    expect(manifest.hash).toBe(DIGEST);
    expect(manifest.layers).toEqual(
      LAYERS.map((hash) => ({
        hash,
        uri: `${service.url}/v2/team/app/blobs/${hash}`,
        headers: { Authorization: ['Bearer for-this-one'] },
      })),
    );
  });

  it('signs with the key that both know, and tells the registry nothing of it', async () => {
    await scan(clair());
    const [head, payload, signature] = service
      .asked(INDEX)[0]!
      .headers.authorization!.replace('Bearer ', '')
      .split('.');
    expect(signature).toBe(createHmac('sha256', KEY).update(`${head}.${payload}`).digest('base64url'));
    expect(JSON.parse(Buffer.from(payload!, 'base64url').toString())).toMatchObject({ iss: 'portus' });
    const asked = service.asked(`GET /v2/team/app/manifests/${DIGEST}`)[0]!;
    expect(asked.headers.authorization).toBe('Bearer for-this-one');
  });

  it('waits while an image is still indexed', async () => {
    service.on(INDEX, answerJson(201, TYPE, indexed('FetchLayers')));
    const path = `GET /indexer/api/v1/index_report/${DIGEST}`;
    service.on(path, answerJson(200, TYPE, indexed('ScanLayers')), answerJson(200, TYPE, indexed('IndexFinished')));
    expect((await scan(clair())).kind).toBe('report');
    expect(service.asked(path)).toHaveLength(2);
  });

  it('tells why an image could not be indexed', async () => {
    service.on(INDEX, answerJson(201, TYPE, indexed('IndexError', { err: 'layer could not be fetched' })));
    expect(await failureOf(clair())).toEqual({
      kind: 'failed',
      message: 'Clair could not index it: layer could not be fetched',
    });
  });

  it('does not call an image clean in which it knows nothing', async () => {
    const nothing = { ...report(), packages: {}, package_vulnerabilities: {} };
    service.on(REPORT, answerJson(200, TYPE, nothing));
    expect((await scan(clair())).kind).toBe('unsupported');
  });

  it('believes no report about another image', async () => {
    service.on(REPORT, answerJson(200, TYPE, report(OTHER)));
    expect(await failureOf(clair())).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('another image'),
    });
    service.on(INDEX, answerJson(201, TYPE, indexed('IndexFinished', { manifest_hash: OTHER })));
    expect(await failureOf(clair())).toMatchObject({ message: expect.stringContaining('another image') });
  });

  it('is away, through no fault of the image, until its data are there', async () => {
    service.on(REPORT, (response) => response.writeHead(202).end());
    expect(await failureOf(clair())).toMatchObject({ kind: 'away' });
  });

  it.each(TROUBLES)('fails within bounds when it %s', async (_, answer, expected) => {
    service.on(REPORT, answer(TYPE));
    const { kind, message } = await failureOf(clair({ timeout: 1 }));
    expect({ kind, message }).toEqual({ kind: expected.kind, message: expect.stringMatching(expected.message) });
  });

  it('asks once more when an answer was broken off', async () => {
    service.on(REPORT, HOSTILE.halfAnAnswer(TYPE), answerJson(200, TYPE, report()));
    expect((await scan(clair())).kind).toBe('report');
  });

  it('does not ask again for an answer that was too long', async () => {
    service.on(REPORT, HOSTILE.flood(TYPE), answerJson(200, TYPE, report()));
    expect(await failureOf(clair())).toMatchObject({ kind: 'refused' });
    expect(service.asked(REPORT)).toHaveLength(1);
  });

  it('ends at once when the scan is cancelled', async () => {
    service.on(REPORT, HOSTILE.silence);
    const cancel = new AbortController();
    const scanned = scan(clair(), cancel.signal);
    service.on(REPORT, () => cancel.abort(new Error('cancelled')));
    await expect(scanned).rejects.toThrow('cancelled');
  });
});
