import { atMost } from '#platform/lifecycle/at-most.js';
import type { Claim, ClaimRequest, Claims } from './claims.js';
import { ClaimAhead } from './claim-ahead.js';
import { Slots } from './slots.js';

/** Milliseconds for which a repository is kept for the time when its turn comes; a quick registry needs far less. */
const PATIENCE_MS = 1_000;

/**
 * The turns of one registry to be read. Repositories are claimed many at a time, ahead of their turn; one whose turn is
 * far away, because the registry is slow or hangs, is left to others meanwhile and claimed again when the turn comes.
 */
export class Turns {
  private readonly slots: Slots;
  private readonly ahead: ClaimAhead;

  constructor(
    count: number,
    private readonly claims: Claims,
    private readonly patience: number = PATIENCE_MS,
  ) {
    this.slots = new Slots(count);
    // Those who read always find another one that is claimed.
    this.ahead = new ClaimAhead(2 * count, patience);
  }

  get areInUse(): boolean {
    return this.slots.areInUse;
  }

  /**
   * A repository whose turn has come: {@link use} must follow. busy: somebody else has it. unchanged: there is nothing to
   * be looked at.
   */
  async claim(request: ClaimRequest): Promise<Claim | 'busy' | 'unchanged'> {
    await this.ahead.enter();
    let late: Promise<void>;
    try {
      const claim = await this.take(request);
      if (typeof claim === 'string') return claim;
      const [before, since, turn] = [this.slots.queue, performance.now(), this.slots.take()];
      if (await atMost(this.patience, turn)) {
        this.ahead.came(before, performance.now() - since);
        return claim;
      }
      this.ahead.cameNot();
      // When that fails, the lease runs out.
      await this.claims.release(claim.lease).catch(() => undefined);
      late = turn;
    } finally {
      this.ahead.leave();
    }
    await late;
    return this.takeInTurn(request);
  }

  /** Does what the turn is for, and ends it. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.slots.give();
    }
  }

  private async takeInTurn(request: ClaimRequest): Promise<Claim | 'busy' | 'unchanged'> {
    let claim: Claim | 'busy' | 'unchanged' = 'busy';
    try {
      claim = await this.take(request);
      return claim;
    } finally {
      if (typeof claim === 'string') this.slots.give();
    }
  }

  private async take(request: ClaimRequest): Promise<Claim | 'busy' | 'unchanged'> {
    const claim = await this.claims.take(request);
    if (claim === null) return 'busy';
    if (request.whole || claim.events.length > 0) return claim;
    await this.claims.release(claim.lease);
    return 'unchanged';
  }
}
