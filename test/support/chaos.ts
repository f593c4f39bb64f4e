import { setTimeout as delay } from 'node:timers/promises';
import { until } from './until.js';

/** What can be killed and started again. */
export interface Victim {
  name: string;
  kill: () => Promise<void>;
  start: () => Promise<void>;
}

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LONGEST_PAUSE_MS = 1_200;
const LONGEST_OUTAGE_MS = 1_500;
const PATIENCE_MS = 300_000;
const MOST_DOWN = 2;
/** So many may fall without anything done in between. */
const MOST_IN_VAIN = 6;

/**
 * Kills one victim after the other and starts each again, until it is told to stop; then all of them run. It waits while
 * nobody gets anything done, so that the work has an end however slow the machine is.
 */
export class Chaos {
  /** Who was killed, in order. */
  readonly killed: string[] = [];
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly victims: readonly Victim[],
    private readonly random: () => number,
    /** How much was done so far. */
    private readonly done: () => number,
  ) {}

  begin(): void {
    this.running = this.run();
    this.running.catch(() => undefined);
  }

  /** Throws when a victim could not be started again. */
  async end(): Promise<void> {
    this.stopped = true;
    await this.running;
    // All at once: some wait for others.
    await Promise.all(this.victims.map((victim) => victim.start()));
  }

  /** However slow the machine is, no more than some are down at a time: who was killed is ready before it falls again. */
  private async run(): Promise<void> {
    const down = new Map<Victim, Promise<void>>();
    let before = this.done();
    let inVain = 0;
    while (!this.stopped) {
      await delay(this.random() * LONGEST_PAUSE_MS);
      if (this.done() !== before) [before, inVain] = [this.done(), 0];
      if (inVain >= MOST_IN_VAIN) continue;
      const victim = this.victims[Math.floor(this.random() * this.victims.length)]!;
      const outage = this.random() * LONGEST_OUTAGE_MS;
      if (down.has(victim)) continue;
      if (down.size >= MOST_DOWN) await Promise.race(down.values());
      this.killed.push(victim.name);
      inVain += 1;
      await victim.kill();
      down.set(
        victim,
        this.revive(victim, outage).finally(() => down.delete(victim)),
      );
    }
    await Promise.all(down.values());
  }

  /** What it needs may be down for longer than it waits: it is started until it runs, at the latest by {@link end}. */
  private async revive(victim: Victim, outage: number): Promise<void> {
    await delay(outage);
    const started = (): Promise<true> => victim.start().then(() => true);
    await until(`${victim.name} runs again`, () => this.stopped || started(), { timeoutMs: PATIENCE_MS });
  }
}
