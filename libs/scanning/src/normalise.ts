import { isDigest } from '#domain/naming/repository-name.js';
import { wellFormed } from '#domain/manifest/storable.js';
import { SEVERITIES, type Severity } from '#domain/scan/severity.js';
import type { Cvss, Finding } from './finding.js';

/** A report with more findings is refused: nobody could read it, and it would fill the database. */
export const MAX_FINDINGS = 20_000;
const MAX_NAME = 256;
const MAX_TITLE = 500;
const MAX_LINKS = 10;
const MAX_LINK = 1_000;
const MAX_ALIASES = 10;

/** What a scanner's report holds of a finding; anything at all, as far as we know. */
export type RawFinding = { [K in keyof Finding]?: unknown };

const OTHER_NAMES: Readonly<Record<string, Severity>> = {
  defcon1: 'critical',
  important: 'high',
  moderate: 'medium',
  minor: 'low',
  unimportant: 'negligible',
  none: 'negligible',
};

/** A severity by any of the names that scanners have for it; `unknown` for others. */
export function severityOf(value: unknown): Severity {
  const name = typeof value === 'string' ? value.toLowerCase() : '';
  return SEVERITIES.find((severity) => severity === name) ?? OTHER_NAMES[name] ?? 'unknown';
}

/**
 * A finding within the bounds of what is stored; null when it does not even tell which vulnerability in which package. Of
 * its names, a CVE becomes the id, so that scanners that name it differently mean the same one.
 */
export function normalised(raw: RawFinding): Finding | null {
  const names = [...new Set([raw.id, ...list(raw.aliases)].map((name) => text(name, MAX_NAME)).filter(isThere))];
  const packageName = text(raw.package, MAX_NAME);
  const id = names.find((name) => /^CVE-\d{4}-\d+$/.test(name)) ?? names[0];
  if (id === undefined || packageName === null) return null;
  return {
    id,
    aliases: names.filter((name) => name !== id).slice(0, MAX_ALIASES),
    package: packageName,
    purl: text(raw.purl, 2 * MAX_NAME),
    installed: text(raw.installed, MAX_NAME) ?? '',
    fixed: text(raw.fixed, MAX_NAME),
    severity: severityOf(raw.severity),
    severitySource: text(raw.severitySource, 64),
    cvss: cvssOf(raw.cvss),
    title: text(raw.title, MAX_TITLE),
    links: list(raw.links).filter(isLink).slice(0, MAX_LINKS),
    layerDigest: typeof raw.layerDigest === 'string' && isDigest(raw.layerDigest) ? raw.layerDigest : null,
  };
}

/** One of each: the same vulnerability in the same package and version is told once, at its worst. */
export function withoutDoubles(findings: readonly Finding[]): Finding[] {
  const unique = new Map<string, Finding>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.id, finding.package, finding.installed, finding.purl]);
    const known = unique.get(key);
    if (!known || SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(known.severity)) unique.set(key, finding);
  }
  return [...unique.values()];
}

const isThere = (name: string | null): name is string => name !== null;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Trimmed, cut and storable; null for what is empty or no text. */
function text(value: unknown, most: number): string | null {
  if (typeof value !== 'string') return null;
  const kept = wellFormed(value.replaceAll('\0', '').trim());
  return kept === '' ? null : kept.slice(0, most);
}

/** Links are shown to people, so they lead to pages and nowhere else. */
function isLink(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_LINK && /^https?:\/\/[^\s"'<>\0]+$/i.test(value);
}

function cvssOf(value: unknown): Cvss | null {
  const { score, vector } = (value ?? {}) as { score?: unknown; vector?: unknown };
  if (typeof score !== 'number' || !(score >= 0 && score <= 10)) return null;
  return { score, vector: text(vector, MAX_NAME) };
}
