import type { Severity } from '#domain/scan/severity.js';
import { addressesOf, type ExportedFinding, type ExportedImage, referenceOf, scannersOf } from './exported-image.js';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note' | 'none'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  negligible: 'note',
  unknown: 'none',
};
/** Where no score is known, the middle of the severity's range (CVSS 3.1, section 5). */
const SCORES: Readonly<Record<Severity, number>> = {
  critical: 9.5,
  high: 8,
  medium: 5.5,
  low: 2,
  negligible: 0.1,
  unknown: 0,
};

/** SARIF 2.1.0 (OASIS): a rule per vulnerability, a result per vulnerable package; accepted risks are suppressed, not left out. */
export function toSarif(image: ExportedImage): object {
  const rules = new Map<string, { index: number; findings: ExportedFinding[] }>();
  for (const finding of image.findings) {
    const rule = rules.get(finding.vulnerability) ?? { index: rules.size, findings: [] };
    rule.findings.push(finding);
    rules.set(finding.vulnerability, rule);
  }
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Portus',
            rules: [...rules].map(([id, { findings }]) => ruleOf(id, findings)),
          },
          extensions: scannersOf(image).map((one) => ({
            name: one.scanner,
            ...(one.scannerVersion === null ? {} : { version: one.scannerVersion }),
            properties: { demo: one.demo, dataVersion: one.dataVersion, dataAt: one.dataAt?.toISOString() ?? null },
          })),
        },
        automationDetails: { id: `portus/${image.repository}/${image.tag}/` },
        columnKind: 'utf16CodeUnits',
        results: image.findings.map((finding) => resultOf(image, finding, rules.get(finding.vulnerability)!.index)),
        properties: { image: referenceOf(image), tag: image.tag, verdictAt: image.verdictAt.toISOString() },
      },
    ],
  };
}

function ruleOf(id: string, findings: readonly ExportedFinding[]): object {
  const worst = Math.max(...findings.map((one) => one.cvssScore ?? SCORES[one.severity]));
  const title = findings.find((one) => one.title !== null)?.title ?? id;
  const link = findings.flatMap(addressesOf)[0];
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: title },
    ...(link === undefined ? {} : { helpUri: link }),
    help: { text: [title, ...(link === undefined ? [] : [link])].join('\n') },
    defaultConfiguration: { level: LEVELS[findings[0]!.severity] },
    properties: { tags: ['security', 'vulnerability'], 'security-severity': worst.toFixed(1) },
  };
}

function resultOf(image: ExportedImage, finding: ExportedFinding, ruleIndex: number): object {
  const { vulnerability, package: name, installed, fixed, severity, accepted } = finding;
  const cure = fixed === null ? 'no version fixes it yet' : `fixed in ${fixed}`;
  // A path, as code scanning wants it: the reference with its colon would be no relative URI.
  const uri = image.repository.split('/').map(encodeURIComponent).join('/');
  return {
    ruleId: vulnerability,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: `${name} ${installed} has ${vulnerability} (${severity}); ${cure}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } },
        logicalLocations: [{ name, fullyQualifiedName: finding.purl ?? `${name}@${installed}`, kind: 'module' }],
        message: { text: referenceOf(image) },
      },
    ],
    partialFingerprints: { 'portusFinding/v1': `${vulnerability}|${name}|${installed}` },
    ...(accepted === null
      ? {}
      : { suppressions: [{ kind: 'external', status: 'accepted', justification: justificationOf(accepted) }] }),
    properties: { severity, fixedBy: fixed, scanners: finding.scanners, layers: finding.layers },
  };
}

function justificationOf({ reason, username, expires_at: until }: NonNullable<ExportedFinding['accepted']>): string {
  return `${reason} (${username}${until === null ? '' : `, until ${until}`})`;
}
