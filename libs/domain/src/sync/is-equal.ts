interface Compared {
  /** Repositories that could not be read. */
  failed: number;
}

/**
 * Whether comparisons prove the catalog equal: there was one of either mode, and a deep one, which may be the same; both
 * could read everything; nothing that counts is left, and nothing was left out of what is written down.
 */
export function isEqual(
  { latest, deep }: { latest: Compared | null; deep: Compared | null },
  found: { counting: number; unrecorded: number },
): boolean {
  const whole = (run: Compared | null): boolean => run !== null && run.failed === 0;
  return whole(latest) && whole(deep) && found.counting + found.unrecorded === 0;
}
