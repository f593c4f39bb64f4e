/** What one run measured. */
export interface Sample {
  /** Units of work per second. */
  rate: number;
  /** Milliseconds; absent where the work is measured as a whole. */
  p50?: number;
  p99?: number;
  /** Milliseconds of processor time for one unit of work, by process. */
  cpu?: Record<string, number>;
}

/** The value below which the given part of the ascending numbers lies. */
export function quantile(ascending: readonly number[], part: number): number {
  const last = ascending.length - 1;
  return ascending[Math.min(last, Math.floor(ascending.length * part))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  const middle = Math.floor(ascending.length / 2);
  const upper = ascending[middle] ?? Number.NaN;
  return ascending.length % 2 === 1 ? upper : ((ascending[middle - 1] ?? Number.NaN) + upper) / 2;
}
