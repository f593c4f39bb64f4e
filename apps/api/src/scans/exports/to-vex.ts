import type { Severity } from '#domain/scan/severity.js';
import {
  addressesOf,
  type ExportedFinding,
  type ExportedImage,
  purlOf,
  referenceOf,
  scannersOf,
} from './exported-image.js';

/** CycloneDX has no name for what is below low. */
const RATED: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  negligible: 'info',
  unknown: 'unknown',
};
const METHODS: readonly [prefix: string, method: string][] = [
  ['CVSS:4.0/', 'CVSSv4'],
  ['CVSS:3.1/', 'CVSSv31'],
  ['CVSS:3.0/', 'CVSSv3'],
  ['AV:', 'CVSSv2'],
];

/**
 * A VEX document in CycloneDX 1.6 (ECMA-424) that stands for itself: the image, its vulnerable packages, and what is said
 * of them. An accepted risk is exploitable and will not be fixed; everything else is still in triage.
 * @param serial a UUID, another one for each document
 */
export function toVex(image: ExportedImage, serial: string, now: Date): object {
  const packages = new Map(image.findings.map((finding) => [refOf(finding), finding]));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${serial}`,
    version: 1,
    metadata: {
      timestamp: now.toISOString(),
      tools: {
        components: scannersOf(image).map(({ scanner, scannerVersion, demo }) => ({
          type: 'application',
          name: scanner,
          ...(scannerVersion === null ? {} : { version: scannerVersion }),
          ...(demo ? { properties: [{ name: 'portus:demo', value: 'true' }] } : {}),
        })),
      },
      component: {
        type: 'container',
        'bom-ref': referenceOf(image),
        name: `${image.registry}/${image.repository}`,
        version: image.digest,
        purl: purlOf(image),
      },
      properties: [{ name: 'portus:verdict-at', value: image.verdictAt.toISOString() }],
    },
    components: [...packages].map(([ref, { package: name, installed, purl }]) => ({
      type: 'library',
      'bom-ref': ref,
      name,
      version: installed,
      ...(purl === null ? {} : { purl }),
    })),
    vulnerabilities: image.findings.map((finding) => vulnerabilityOf(finding, now)),
  };
}

function vulnerabilityOf(finding: ExportedFinding, now: Date): object {
  const { vulnerability: id, aliases, title, installed, fixed, accepted } = finding;
  return {
    'bom-ref': `${id}/${refOf(finding)}`,
    id,
    ...(id.startsWith('CVE-') ? { source: { name: 'NVD', url: `https://nvd.nist.gov/vuln/detail/${id}` } } : {}),
    references: aliases.map((alias) => ({ id: alias, source: { name: alias.split('-')[0] } })),
    ratings: [ratingOf(finding)],
    ...(title === null ? {} : { description: title }),
    ...(fixed === null ? {} : { recommendation: `Update to ${fixed}` }),
    advisories: addressesOf(finding).map((url) => ({ url })),
    analysis: accepted === null ? { state: 'in_triage' } : decisionOf(accepted, now),
    affects: [{ ref: refOf(finding), versions: [{ version: installed, status: 'affected' }] }],
    properties: finding.scanners.map((value) => ({ name: 'portus:scanner', value })),
  };
}

function decisionOf(accepted: NonNullable<ExportedFinding['accepted']>, now: Date): object {
  const { reason, username, expires_at: until } = accepted;
  const detail = `Accepted by ${username}${until === null ? '' : ` until ${until}`}: ${reason}`;
  return { state: 'exploitable', response: ['will_not_fix'], detail, lastUpdated: now.toISOString() };
}

function ratingOf({ severity, severitySource, cvssScore, cvssVector }: ExportedFinding): object {
  const method = METHODS.find(([prefix]) => cvssVector?.startsWith(prefix))?.[1] ?? 'other';
  return {
    ...(severitySource === null ? {} : { source: { name: severitySource } }),
    severity: RATED[severity],
    ...(cvssScore === null ? {} : { score: cvssScore, method }),
    ...(cvssScore === null || cvssVector === null ? {} : { vector: cvssVector }),
  };
}

/** One component per version of a package. */
function refOf({ package: name, installed, purl }: ExportedFinding): string {
  return purl ?? `${name}@${installed}`;
}
