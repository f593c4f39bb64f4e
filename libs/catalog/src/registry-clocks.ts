import type { ClocksRepository } from '#persistence/clocks.repository.js';
import type { ClockReading } from '#registry/transport/clock.js';

/** Slower answers say too little, milliseconds. */
const MAX_UNCERTAINTY_MS = 5_000;
/** What is stored is replaced when it is wrong by more than this, or when it is this old, milliseconds. */
const WORTH_WRITING_MS = 1_000;
const STORED_MS = 180_000;
/** After a failure the database is left alone for a while, milliseconds. */
const PAUSE_MS = 10_000;

interface Known {
  storedMs: number | null;
  storedAt: number;
  measuredAt: number;
  notBefore: number;
}

export interface ClockLog {
  warn(facts: Record<string, unknown>, message: string): void;
}

/** Takes note of the clocks of registries, from every answer of theirs, and stores them now and then. */
export class RegistryClocks {
  private readonly known = new Map<number, Known>();

  constructor(
    private readonly clocks: Pick<ClocksRepository, 'note'>,
    private readonly log: ClockLog,
    private readonly now: () => number = Date.now,
  ) {}

  /** Costs nothing but a comparison, unless there is something to store. Never throws. */
  note(registryId: number, { aheadMs, uncertaintyMs }: ClockReading): void {
    if (uncertaintyMs > MAX_UNCERTAINTY_MS) return;
    const known = this.knownOf(registryId);
    const now = this.now();
    known.measuredAt = now;
    const changed = known.storedMs === null || Math.abs(aheadMs - known.storedMs) > WORTH_WRITING_MS + uncertaintyMs;
    if (now < known.notBefore || (!changed && now - known.storedAt < STORED_MS)) return;
    Object.assign(known, { storedMs: aheadMs, storedAt: now, notBefore: now + WORTH_WRITING_MS });
    this.clocks.note(registryId, aheadMs).catch((error: Error) => {
      Object.assign(known, { storedMs: null, notBefore: this.now() + PAUSE_MS });
      this.log.warn({ registryId, error: error.message }, 'the clock of a registry could not be stored');
    });
  }

  /**
   * The registry says that something happened in our future. Notifications come late, so that it may be even further
   * ahead; one of the past says nothing. Only where no answer of the registry told its clock lately.
   */
  hint(registryId: number, occurredAt: Date): void {
    const aheadMs = occurredAt.getTime() - this.now();
    const known = this.known.get(registryId);
    const told = known !== undefined && this.now() - known.measuredAt < STORED_MS;
    if (aheadMs > WORTH_WRITING_MS && !told) this.note(registryId, { aheadMs, uncertaintyMs: 0 });
  }

  private knownOf(registryId: number): Known {
    const known = this.known.get(registryId) ?? { storedMs: null, storedAt: 0, measuredAt: -Infinity, notBefore: 0 };
    this.known.set(registryId, known);
    return known;
  }
}
