/** What an answer says of the registry's clock. */
export interface ClockReading {
  /** How far it is ahead of ours (negative: behind), milliseconds. */
  aheadMs: number;
  /** The truth is within so many milliseconds of it: the header has whole seconds, and the way takes its time. */
  uncertaintyMs: number;
}

const HALF_A_SECOND_MS = 500;

/**
 * Reads the clock out of the header `Date` (RFC 9110, 6.6.1), which is cut off to seconds: the answer was made some time
 * between our two moments. null for a header that is missing or is no date.
 */
export function readClock(date: string | undefined, sentAt: number, receivedAt: number): ClockReading | null {
  const stated = Date.parse(date ?? '');
  if (Number.isNaN(stated)) return null;
  const aheadMs = Math.round(stated + HALF_A_SECOND_MS - (sentAt + receivedAt) / 2);
  return { aheadMs, uncertaintyMs: Math.ceil(HALF_A_SECOND_MS + (receivedAt - sentAt) / 2) };
}
