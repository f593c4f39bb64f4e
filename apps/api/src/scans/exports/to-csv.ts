import { type ExportedFinding, type ExportedImage, referenceOf } from './exported-image.js';

const COLUMNS: readonly [string, (finding: ExportedFinding) => unknown][] = [
  ['vulnerability', (one) => one.vulnerability],
  ['aliases', (one) => one.aliases.join(' ')],
  ['severity', (one) => one.severity],
  ['severity_source', (one) => one.severitySource],
  ['cvss_score', (one) => one.cvssScore],
  ['cvss_vector', (one) => one.cvssVector],
  ['package', (one) => one.package],
  ['installed_version', (one) => one.installed],
  ['fixed_by', (one) => one.fixed],
  ['purl', (one) => one.purl],
  ['scanners', (one) => one.scanners.join(' ')],
  ['accepted', (one) => one.accepted?.reason],
  ['title', (one) => one.title],
  ['link', (one) => one.links[0]],
  ['first_found_at', (one) => one.foundAt.toISOString()],
];

/** RFC 4180, with a header; each row tells which image, and of when its verdict is. */
export function toCsv(image: ExportedImage): string {
  const [reference, date] = [referenceOf(image), image.verdictAt.toISOString()];
  const rows = image.findings.map((finding) => [reference, date, ...COLUMNS.map(([, cell]) => cell(finding))]);
  return [['image', 'verdict_at', ...COLUMNS.map(([name]) => name)], ...rows]
    .map((row) => `${row.map(cellOf).join(',')}\r\n`)
    .join('');
}

/** What a spreadsheet would take for a formula is kept from being one: scanners' words come from anywhere. */
function cellOf(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
