export interface RemovalGuard {
  /** Repositories and tags that were stored when the run began. */
  knownRepositories: number;
  knownTags: number;
  /** Names in the complete listing, and how many stored repositories it lacks. */
  listed: number;
  missing: number;
  /** Tags that were proved absent twice. */
  planned: number;
}

/** More than `share` (0…1) of what is known, and at least so many, is suspicious. */
export interface RemovalLimits {
  share: number;
  minimum: number;
}

/**
 * Decides whether what a run found to be gone may go without an administrator's yes. Returns the reason to hold back,
 * or null. An empty listing of a registry that was known to hold something is a lost volume or a wrong address far more
 * often than the truth.
 */
export function reasonToHold(guard: RemovalGuard, limits: RemovalLimits): string | null {
  if (guard.listed === 0 && guard.missing > 0)
    return `the registry listed nothing while ${guard.knownRepositories} repositories are known; nothing was removed`;
  const repositories = removalAllowance(guard.knownRepositories, limits);
  if (guard.missing > repositories)
    return `${guard.missing} of ${guard.knownRepositories} repositories are missing from the listing, more than the ${repositories} that may go at once; nothing was removed`;
  const tags = removalAllowance(guard.knownTags, limits);
  if (guard.planned > tags)
    return `${guard.planned} of ${guard.knownTags} tags are gone, more than the ${tags} that may go at once; nothing was removed`;
  return null;
}

/** How many of `known` rows one run may remove by itself. */
export function removalAllowance(known: number, limits: RemovalLimits): number {
  return Math.max(limits.minimum, Math.floor(known * limits.share));
}
