import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HarborScanner, type HarborSettings } from '#scanning/harbor/harbor.js';
import type { Scanner } from '#scanning/scanner.js';
import {
  checked,
  DATA_AT,
  DIGEST,
  failureAt,
  OCI,
  OTHER,
  scanAt,
  startScene,
  TROUBLES,
} from '../support/scanner-scene.js';
import { answerJson, ScannerStandIn, type StandInAnswer } from '../support/scanner-stand-in.js';
import { HARBOR_SCHEMAS } from '../vectors/harbor-schemas.js';

let service: ScannerStandIn;
beforeEach(async () => {
  service = await startScene();
});
afterEach(() => service.stop());

const scan = (sut: Scanner, signal?: AbortSignal) => scanAt(service.url, sut, signal);
const failureOf = (sut: Scanner) => failureAt(service.url, sut);

describe(HarborScanner.name, () => {
  const METADATA = 'GET /api/v1/metadata';
  const SCAN = 'POST /api/v1/scan';
  const REPORT = 'GET /api/v1/scan/id-1/report';
  const VULNERABILITIES = 'application/vnd.security.vulnerability.report; version=1.1';
  const SBOM = 'application/vnd.security.sbom.report+json; version=1.0';
  const OLD = 'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0';
  const harbor = (more: Partial<HarborSettings> = {}): HarborScanner =>
    new HarborScanner({
      name: 'aqua',
      url: service.url,
      auth: null,
      sbom: true,
      timeout: 30,
      concurrency: 1,
      ...more,
    });
  const metadata = (capabilities: object[]) =>
    checked(HARBOR_SCHEMAS.metadata, {
      scanner: { name: 'Trivy', vendor: 'Aqua Security', version: '0.67.2' },
      capabilities,
      properties: { 'harbor.scanner-adapter/vulnerability-database-updated-at': DATA_AT },
    });
  const finds = { type: 'vulnerability', consumes_mime_types: [OCI], produces_mime_types: [VULNERABILITIES] };
  const makesSboms = {
    type: 'sbom',
    consumes_mime_types: [OCI],
    produces_mime_types: [SBOM],
    additional_attributes: { sbom_media_types: ['application/spdx+json', 'application/vnd.cyclonedx+json'] },
  };
  const report = (digest = DIGEST) =>
    checked(HARBOR_SCHEMAS.report, {
      generated_at: DATA_AT,
      artifact: { repository: 'team/app', digest, mime_type: OCI },
      scanner: { name: 'Trivy' },
      severity: 'High',
      vulnerabilities: [
        {
          id: 'CVE-2099-0002',
          package: 'zlib',
          version: '1:1.2.13-1',
          fix_version: '1:1.3.1-1',
          severity: 'High',
          description: 'it overflows',
          links: ['https://example.com/a'],
          preferred_cvss: {
            score_v3: 7.5,
            vector_v3: 'CVSS:3.1/AV:N',
          },
        },
        {
          id: 'CVE-2099-0003',
          package: 'zlib',
          version: '1:1.2.13-1',
          fix_version: '',
          severity: 'Negligible',
        },
      ],
    });
  const sbom = (digest = DIGEST) =>
    checked(HARBOR_SCHEMAS.sbomReport, {
      artifact: { repository: 'team/app', digest },
      media_type: 'application/vnd.cyclonedx+json',
      sbom: { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] },
    });
  const answerReport: StandInAnswer = (response, request) =>
    request.path.includes('sbom_media_type')
      ? answerJson(200, SBOM, sbom())(response, request)
      : answerJson(200, VULNERABILITIES, report())(response, request);
  beforeEach(() => {
    const type = 'application/vnd.scanner.adapter.metadata+json; version=1.1';
    service.on(METADATA, answerJson(200, type, metadata([finds, makesSboms])));
    const accepted = checked(HARBOR_SCHEMAS.scanResponse, { id: 'id-1' });
    service.on(SCAN, answerJson(202, 'application/vnd.scanner.adapter.scan.response+json; version=1.0', accepted));
    service.on(REPORT, answerReport);
  });

  it('tells what it is, and of when its data are', async () => {
    expect(await harbor().describe(AbortSignal.timeout(5_000))).toMatchObject({
      version: 'Trivy 0.67.2',
      dataAt: new Date(DATA_AT),
    });
  });

  it('hands over a token for the repository, and reads what was found and the SBOM', async () => {
    const outcome = await scan(harbor());
    if (outcome.kind !== 'report') throw new Error(outcome.reason);
    expect(outcome.report.findings).toMatchObject([
      {
        id: 'CVE-2099-0002',
        package: 'zlib',
        installed: '1:1.2.13-1',
        fixed: '1:1.3.1-1',
        severity: 'high',
        cvss: {
          score: 7.5,
          vector: 'CVSS:3.1/AV:N',
        },
        title: 'it overflows',
        links: ['https://example.com/a'],
      },
      { id: 'CVE-2099-0003', fixed: null, severity: 'negligible', cvss: null },
    ]);
    expect(JSON.parse(outcome.report.sbom!.body.toString())).toMatchObject({ bomFormat: 'CycloneDX' });
    const [posted] = service.asked(SCAN);
    expect(checked(HARBOR_SCHEMAS.scanRequest, JSON.parse(posted!.body))).toMatchObject({
      registry: { url: service.url, authorization: 'Bearer for-this-one' },
      artifact: { repository: 'team/app', digest: DIGEST, mime_type: OCI },
      enabled_capabilities: [{ type: 'vulnerability' }, { type: 'sbom' }],
    });
    expect(posted!.headers['content-type']).toBe('application/vnd.scanner.adapter.scan.request+json; version=1.1');
  });

  it('speaks to adapters of the first version as these know it', async () => {
    const { type: _, ...untyped } = { ...finds, produces_mime_types: [OLD] };
    service.on(METADATA, answerJson(200, 'application/json', metadata([untyped])));
    service.on(REPORT, answerJson(200, OLD, report()));
    expect((await scan(harbor())).kind).toBe('report');
    expect(JSON.parse(service.asked(SCAN)[0]!.body)).not.toHaveProperty('enabled_capabilities');
    expect(service.asked(REPORT)[0]!.headers.accept).toBe(OLD);
  });

  it('asks again when it was told to, and follows no redirect', async () => {
    const later: StandInAnswer = (response) =>
      response.writeHead(302, { 'refresh-after': '0', location: 'http://127.0.0.1:1/elsewhere' }).end();
    service.on(REPORT, later, later, answerReport);
    expect((await scan(harbor({ sbom: false }))).kind).toBe('report');
    expect(service.asked(REPORT)).toHaveLength(3);
  });

  it('lets itself be known in its header', async () => {
    await scan(harbor({ auth: { header: 'x-scanneradapter-api-key', value: 'k' } }));
    expect(
      service.received
        .filter(({ path }) => path.startsWith('/api/'))
        .map(({ headers }) => headers['x-scanneradapter-api-key']),
    ).toEqual(['k', 'k', 'k', 'k']);
  });

  it('leaves alone what the adapter does not look at', async () => {
    const others = { ...finds, consumes_mime_types: ['application/vnd.docker.distribution.manifest.v2+json'] };
    service.on(METADATA, answerJson(200, 'application/json', metadata([others])));
    expect((await scan(harbor())).kind).toBe('unsupported');
    expect(service.asked(SCAN)).toHaveLength(0);
  });

  it('believes no report about another image', async () => {
    service.on(REPORT, answerJson(200, VULNERABILITIES, report(OTHER)));
    expect(await failureOf(harbor())).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('another image'),
    });
    const { artifact: _, ...anonymous } = report();
    service.on(REPORT, answerJson(200, VULNERABILITIES, anonymous));
    expect(await failureOf(harbor())).toMatchObject({ kind: 'failed' });
  });

  it('does not call an image clean in which its own SBOM lists nothing', async () => {
    const nothing = checked(HARBOR_SCHEMAS.report, { artifact: { digest: DIGEST }, vulnerabilities: [] });
    const clean = answerJson(200, VULNERABILITIES, nothing);
    service.on(REPORT, clean, answerJson(200, SBOM, sbom()));
    expect((await scan(harbor())).kind).toBe('unsupported');
    const components = [{ type: 'library', name: 'zlib' }];
    service.on(REPORT, clean, answerJson(200, SBOM, { ...sbom(), sbom: { bomFormat: 'CycloneDX', components } }));
    expect(await scan(harbor())).toMatchObject({ kind: 'report', report: { findings: [] } });
  });

  it('keeps findings whose SBOM is about another image, without it', async () => {
    service.on(REPORT, answerJson(200, VULNERABILITIES, report()), answerJson(200, SBOM, sbom(OTHER)));
    expect(await scan(harbor())).toMatchObject({ kind: 'report', report: { sbom: null } });
  });

  it('passes on what the adapter says of its failure', async () => {
    const error = checked(HARBOR_SCHEMAS.error, { error: { message: 'running trivy: exit status 1' } });
    service.on(REPORT, answerJson(500, 'application/vnd.scanner.adapter.error', error));
    expect(await failureOf(harbor())).toEqual({
      kind: 'failed',
      message: 'the adapter made no report: it answers with 500: running trivy: exit status 1',
    });
    service.on(SCAN, answerJson(422, 'application/vnd.scanner.adapter.error', error));
    expect(await failureOf(harbor())).toMatchObject({ kind: 'refused' });
  });

  it.each(TROUBLES.slice(1))('fails within bounds when it %s', async (_, answer, expected) => {
    service.on(REPORT, answer(VULNERABILITIES));
    const { kind, message } = await failureOf(harbor());
    expect({ kind, message }).toEqual({ kind: expected.kind, message: expect.stringMatching(expected.message) });
  });

  it('ends at once when the scan is cancelled while it waits', async () => {
    const cancel = new AbortController();
    service.on(REPORT, (response) => {
      response.writeHead(302, { 'refresh-after': '60' }).end();
      cancel.abort(new Error('cancelled'));
    });
    await expect(scan(harbor(), cancel.signal)).rejects.toThrow('cancelled');
  });

  it('is away where nobody is', async () => {
    const url = service.url;
    await service.stop();
    service = await ScannerStandIn.start();
    expect(await failureOf(harbor({ url }))).toMatchObject({
      kind: 'away',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
