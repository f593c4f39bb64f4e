/**
 * What a sync may do (`background.sync.strategy`). initial: import an existing registry once, while nothing is known of
 * it. on-start: once per start of a worker. update: periodically, removes nothing. update-delete: periodically, and
 * removes what is proved and confirmed to be gone.
 */
export const SYNC_STRATEGIES = ['initial', 'on-start', 'update', 'update-delete'] as const;
export type SyncStrategy = (typeof SYNC_STRATEGIES)[number];

/** names: repositories and tag names. deep: also the digest of every tag. */
export const SYNC_MODES = ['names', 'deep'] as const;
export type SyncMode = (typeof SYNC_MODES)[number];

/** True for strategies that may remove rows, given proof and confirmation. */
export function mayRemove(strategy: SyncStrategy): boolean {
  return strategy === 'update-delete' || strategy === 'on-start';
}

/** True for strategies that run again and again. */
export function isPeriodic(strategy: SyncStrategy): boolean {
  return strategy === 'update' || strategy === 'update-delete';
}
