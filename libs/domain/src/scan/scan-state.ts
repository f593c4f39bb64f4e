/**
 * What is known of the scans of a digest. none: no scanner is to look at it (yet); unsupported: there is nothing in it that
 * could be scanned, which is not "clean". The last good verdict is kept beside the state.
 */
export const SCAN_STATES = ['none', 'queued', 'running', 'done', 'failed', 'unsupported'] as const;
export type ScanState = (typeof SCAN_STATES)[number];

/** Which scan goes first; lower ones do. Of the same priority, the newest. */
export const SCAN_PRIORITIES = { demand: 0, push: 1, rescan: 2 } as const;
export type ScanPriority = keyof typeof SCAN_PRIORITIES;
