import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalised } from '#scanning/normalise.js';
import { faultsOfCycloneDx, faultsOfSarif } from '../../../../../test/support/published-schemas.js';
import type { ExportedFinding, ExportedImage } from './exported-image.js';
import { toCsv } from './to-csv.js';
import { toSarif } from './to-sarif.js';
import { toVex } from './to-vex.js';

const finding = (more: Partial<ExportedFinding> = {}): ExportedFinding => ({
  vulnerability: 'CVE-2099-0002',
  aliases: ['GHSA-aaaa-bbbb-cccc'],
  title: 'zlib: something "overflows", badly',
  links: ['https://example.com/a'],
  package: 'zlib',
  purl: 'pkg:deb/debian/zlib@1.2.13?arch=amd64',
  installed: '1:1.2.13-1',
  fixed: '1:1.3.1-1',
  severity: 'high',
  severitySource: 'debian',
  cvssScore: 7.5,
  cvssVector: 'CVSS:3.1/AV:N',
  scanners: ['clair', 'trivy'],
  layers: [],
  accepted: null,
  foundAt: new Date('2026-11-02T00:00:00Z'),
  ...more,
});
const bare = finding({
  vulnerability: '=HYPERLINK("http://evil.example")',
  aliases: [],
  title: null,
  links: [],
  purl: null,
  fixed: null,
  severity: 'negligible',
  severitySource: null,
  cvssScore: null,
  cvssVector: null,
  scanners: ['trivy'],
  accepted: { reason: 'not reachable', username: 'ana', expires_at: '2027-01-01T00:00:00Z' },
});
const verdict = (scanner: string, day: string, scannerVersion: string | null) => ({
  scanner,
  demo: false,
  digest: `sha256:${'a'.repeat(64)}`,
  scannerVersion,
  dataVersion: null,
  dataAt: null,
  completedAt: new Date(`2026-11-${day}T00:00:00Z`),
});
const image = (findings: ExportedFinding[]): ExportedImage => ({
  registry: 'registry.example.com:5000',
  repository: 'team/app',
  tag: '1.0',
  digest: `sha256:${'a'.repeat(64)}`,
  verdictAt: new Date('2026-11-02T00:00:00Z'),
  verdicts: [verdict('trivy', '02', '0.67.2'), verdict('trivy', '01', '0.60.0'), verdict('clair', '02', null)],
  findings,
});

const BOUND = { numRuns: 200 };
/** Findings as they are stored, of anything that a scanner may say. */
const word = fc.string({ unit: 'grapheme', maxLength: 20 });
const maybe = fc.option(word);
const link = fc.oneof(
  word.map((path) => `https://example.com/${path}`),
  word,
);
const anything = fc.array(
  fc
    .record({
      id: word,
      aliases: fc.array(word, { maxLength: 3 }),
      package: word,
      purl: maybe,
      installed: word,
      fixed: maybe,
      severity: fc.constantFrom('critical', 'High', 'nonsense'),
      severitySource: maybe,
      cvss: fc.option(fc.record({ score: fc.double(), vector: maybe })),
      title: maybe,
      links: fc.array(link, { maxLength: 3 }),
    })
    .map((raw) => normalised(raw))
    .filter((one) => one !== null)
    .map(({ id, cvss, ...one }) =>
      finding({ ...one, vulnerability: id, cvssScore: cvss?.score ?? null, cvssVector: cvss?.vector ?? null }),
    ),
  { maxLength: 5 },
);

describe(toCsv, () => {
  it('writes a row for each finding, which says what it is about', () => {
    const [header, row, , end] = toCsv(image([finding(), bare])).split('\r\n');
    expect(header).toMatch(/^image,verdict_at,vulnerability,aliases,severity,/);
    expect(row).toContain(
      `registry.example.com:5000/team/app@sha256:${'a'.repeat(64)},2026-11-02T00:00:00.000Z,CVE-2099-0002,`,
    );
    expect(row).toContain(',clair trivy,,"zlib: something ""overflows"", badly",https://example.com/a,');
    expect(end).toBe('');
  });

  it.each(['=1+1', '+1', '-1', '@a', '\tx'])('lets no spreadsheet compute %j', (text) => {
    const row = toCsv(image([finding({ package: text })])).split('\r\n')[1];
    expect(row).toContain(`,'${text},`);
  });
});

describe(toSarif, () => {
  it('is SARIF, with and without findings', () => {
    for (const findings of [[], [finding(), bare]]) expect(faultsOfSarif(toSarif(image(findings)))).toBe('');
  });

  it('is SARIF whatever scanners say', () => {
    fc.assert(
      fc.property(anything, (findings) => void expect(faultsOfSarif(toSarif(image(findings)))).toBe('')),
      BOUND,
    );
  });

  it('has what code scanning wants beyond that: words and help for each rule, and relative places', () => {
    const { runs } = toSarif(image([finding(), bare])) as {
      runs: {
        tool: { driver: { rules: object[] } };
        results: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[];
      }[];
    };
    const words = { text: expect.stringMatching(/./) };
    for (const rule of runs[0]!.tool.driver.rules) expect(rule).toMatchObject({ shortDescription: words, help: words });
    for (const { locations } of runs[0]!.results)
      expect(locations).toMatchObject([
        { physicalLocation: { artifactLocation: { uri: 'team/app' }, region: { startLine: 1 } } },
      ]);
  });

  it('has one rule for each vulnerability, and points each result at its own', () => {
    const other = finding({ package: 'zlib1g', cvssScore: 9.8 });
    const { runs } = toSarif(image([finding(), bare, other])) as {
      runs: {
        tool: { driver: { rules: { id: string; properties: object }[] } };
        results: { ruleId: string; ruleIndex: number }[];
      }[];
    };
    const { tool, results } = runs[0]!;
    expect(tool.driver.rules).toHaveLength(2);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
    expect(tool.driver.rules[0]!.properties).toMatchObject({ 'security-severity': '9.8' });
  });

  it('keeps an accepted risk, as suppressed and why', () => {
    expect(toSarif(image([bare]))).toMatchObject({
      runs: [
        {
          results: [
            { suppressions: [{ status: 'accepted', justification: expect.stringContaining('not reachable') }] },
          ],
        },
      ],
    });
    expect(JSON.stringify(toSarif(image([finding()])))).not.toContain('suppressions');
  });
});

describe(toVex, () => {
  const serial = '3e671687-395b-41f5-a30f-a58921a69b79';
  const vex = (...findings: ExportedFinding[]) => toVex(image(findings), serial, new Date('2026-11-03T00:00:00Z'));

  it('is CycloneDX, with and without findings', () => {
    for (const findings of [[], [finding(), bare]]) expect(faultsOfCycloneDx(vex(...findings))).toBe('');
  });

  it('is CycloneDX whatever scanners say', () => {
    fc.assert(
      fc.property(anything, (findings) => void expect(faultsOfCycloneDx(vex(...findings))).toBe('')),
      BOUND,
    );
  });

  it('says which scanner makes up what it finds', () => {
    const made = { ...image([finding()]), verdicts: [{ ...verdict('dummy', '02', null), demo: true }] };
    const document = toVex(made, serial, new Date());
    expect(faultsOfCycloneDx(document)).toBe('');
    expect(JSON.stringify(document)).toContain('portus:demo');
    expect(JSON.stringify(toSarif(made))).toContain('"demo":true');
  });

  it('speaks only of components that it lists, each once', () => {
    const document = vex(finding(), finding({ vulnerability: 'CVE-2099-0003' }), bare) as {
      components: { 'bom-ref': string }[];
      vulnerabilities: { affects: { ref: string }[] }[];
    };
    const refs = document.components.map((one) => one['bom-ref']);
    expect(refs).toEqual(['pkg:deb/debian/zlib@1.2.13?arch=amd64', 'zlib@1:1.2.13-1']);
    for (const { affects } of document.vulnerabilities) expect(refs).toContain(affects[0]!.ref);
  });

  it('says of an accepted risk that it stays, and of nothing that it does no harm', () => {
    const { vulnerabilities } = vex(finding(), bare) as { vulnerabilities: { analysis: object }[] };
    expect(vulnerabilities.map((one) => one.analysis)).toEqual([
      { state: 'in_triage' },
      expect.objectContaining({
        state: 'exploitable',
        response: ['will_not_fix'],
        detail: expect.stringContaining('ana'),
      }),
    ]);
  });
});
