export interface RemovalGuard {
  /** Repositories that are stored, and how many of them a complete catalog listing lacks. */
  known: number;
  missing: number;
  /** Names in that listing. */
  listed: number;
}

/** More than this share of what is known, and at least so many, is suspicious. */
const SUSPICIOUS_SHARE = 0.1;
const SUSPICIOUS_COUNT = 20;

/**
 * Decides whether a listing may lead to removals at all. Returns the reason to hold back, or null. An empty listing
 * of a registry that was known to hold something is a lost volume or a wrong address far more often than the truth.
 */
export function reasonToHold(guard: RemovalGuard): string | null {
  if (guard.missing === 0) return null;
  if (guard.listed === 0)
    return `the registry listed nothing while ${guard.known} repositories are known; nothing was removed`;
  const allowed = removalAllowance(guard.known);
  if (guard.missing <= allowed) return null;
  return `${guard.missing} of ${guard.known} repositories are missing from the listing, more than the ${allowed} that may go at once; nothing was removed`;
}

/** How many of `known` rows one run may remove by itself. */
export function removalAllowance(known: number): number {
  return Math.max(SUSPICIOUS_COUNT, Math.floor(known * SUSPICIOUS_SHARE));
}
