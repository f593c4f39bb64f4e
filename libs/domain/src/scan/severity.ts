/** Worst first. `negligible` is below low; `unknown` means that nobody has rated it. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How many findings there are of each severity, and how many of all can be fixed by a newer version. */
export type SeverityCounts = Record<Severity | 'fixable', number>;

export const NO_FINDINGS: Readonly<SeverityCounts> = {
  critical: 0,
  high: 0,
  medium: 0,
  low: 0,
  negligible: 0,
  unknown: 0,
  fixable: 0,
};

/** The worst severity that occurs; null when nothing was found. */
export function worstOf(counts: SeverityCounts): Severity | null {
  return SEVERITIES.find((severity) => counts[severity] > 0) ?? null;
}

/** Whether a severity is as bad as another one, or worse. What nobody has rated is as bad as nothing that is named. */
export function isAtLeast(severity: Severity, limit: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(limit);
}
