export interface ProgressFacts {
  /** Repositories that the catalog has named so far, and those that it lacks and that are looked at too. */
  listed: number;
  missing: number;
  done: number;
  /** Whether the whole catalog was listed: before that the total grows. */
  complete: boolean;
  /** Seconds at work. */
  seconds: number | null;
}

export interface Progress {
  done: number;
  total: number;
  /** False while the catalog is being listed. */
  total_is_final: boolean;
  /** Repositories per second. */
  rate: number | null;
  /** Seconds that are left at this rate; null while nobody can say. */
  eta: number | null;
}

/** How far a run is, and when it will probably have ended. */
export function progressOf(facts: ProgressFacts): Progress {
  const total = Math.max(facts.listed + facts.missing, facts.done);
  const rate = facts.seconds !== null && facts.seconds > 0 && facts.done > 0 ? facts.done / facts.seconds : null;
  const eta = facts.complete && rate !== null ? Math.ceil((total - facts.done) / rate) : null;
  return {
    done: facts.done,
    total,
    total_is_final: facts.complete,
    rate: rate === null ? null : Math.round(rate * 10) / 10,
    eta,
  };
}
