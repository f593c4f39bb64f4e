import { randomUUID } from 'node:crypto';
import type { ScanPlansRepository } from '#persistence/scan-plans.repository.js';
import type { ClaimedScan } from '#persistence/scan-queue.repository.js';
import type { Scanner } from '#scanning/scanner.js';
import type { Scanners } from '#scanning/scanners.js';
import type { Busy } from './config-drain.js';
import { Pace } from './pace.js';
import { type ScanEnd, ScanRunner, type ScanRunnerParts } from './scan-runner.js';
import { WorkLoop } from './work-loop.js';

const BATCH = 200;
/** While the catalog is read, new images wait so long until it is found out what they are, milliseconds: to be seen comes first. */
const PATIENCE_MS = 5_000;
/** Leases of workers that are gone which one round puts back. */
const EXPIRED_AT_ONCE = 100;

export interface ScanDrainParts extends ScanRunnerParts {
  plans: ScanPlansRepository;
  /** Scans that are begun per minute with each scanner at most; 0: any number. */
  ratePerMinute: number;
  /** Without it there is nothing that planning waits for. */
  catalog?: Busy;
  /** Told of each end of a scan, and how many seconds it took. */
  onEnd?: (scanner: string, end: ScanEnd, seconds: number) => void;
}

/**
 * Scans what waits: plans new digests, and keeps the slots of each scanner filled. It begins as many as there is room for
 * and does not wait for them; each one that ends makes room and looks for the next.
 */
export class ScanDrain {
  private readonly holder = randomUUID();
  private readonly runner: ScanRunner;
  private readonly loop = new WorkLoop(() => this.round());
  private readonly stopping = new AbortController();
  private readonly underWay = new Map<string, Set<Promise<void>>>();
  private readonly paces: Map<string, Pace>;
  /** One at a time for each scanner, so that it never gets more than it has room for. */
  private readonly fills: Map<string, WorkLoop>;
  /** When nothing was left to be planned. */
  private plannedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parts: ScanDrainParts,
    private readonly scanners: Scanners,
  ) {
    this.runner = new ScanRunner(parts, this.holder);
    this.fills = new Map(scanners.all.map((scanner) => [scanner.name, new WorkLoop(() => this.fill(scanner))]));
    this.paces = new Map(scanners.all.map(({ name }) => [name, new Pace(parts.ratePerMinute)]));
  }

  /** Resolves when all slots are in use or nothing waits. */
  async ring(): Promise<void> {
    if (!this.stopping.signal.aborted) await this.loop.ring();
  }

  /** Ends what is under way, and puts it back for others. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    await this.loop.stop();
    await Promise.all([...this.fills.values()].map((fill) => fill.stop()));
    await Promise.all([...this.underWay.values()].flatMap((running) => [...running]));
  }

  /** Whether there may be more to do at once. */
  private async round(): Promise<boolean> {
    await this.parts.queue.expire(this.runner.maxAttempts, EXPIRED_AT_ONCE);
    const drained = await this.parts.plans.drain(BATCH);
    const planned = await this.plan();
    for (const { name } of this.scanners.all) await this.fills.get(name)?.ring();
    return drained > 0 || planned > 0;
  }

  /** How many were planned. Who has to wait is found by the sweeper. */
  private async plan(): Promise<number> {
    if (this.parts.catalog?.isReading && performance.now() < this.plannedAt + PATIENCE_MS) return 0;
    const planned = await this.parts.plans.plan(BATCH);
    if (planned === 0) this.plannedAt = performance.now();
    return planned;
  }

  /** Whether there may be room for more, and more to be done. */
  private async fill(scanner: Scanner): Promise<boolean> {
    const running = this.underWay.get(scanner.name) ?? new Set();
    this.underWay.set(scanner.name, running);
    const pace = this.paces.get(scanner.name)!;
    const room = Math.min(scanner.concurrency - running.size, pace.left());
    if (room <= 0 || this.stopping.signal.aborted) return false;
    const claimed = await this.parts.queue.claim(scanner.name, this.holder, room, this.runner.leaseSeconds);
    pace.take(claimed.length);
    for (const scan of claimed) {
      const work: Promise<void> = this.run(scan, scanner).finally(() => running.delete(work));
      running.add(work);
      void work.then(() => this.fills.get(scanner.name)?.ring()).catch(() => undefined);
    }
    return claimed.length > 0;
  }

  private async run(scan: ClaimedScan, scanner: Scanner): Promise<void> {
    const began = performance.now();
    try {
      const end = await this.runner.run(scan, scanner, this.stopping.signal);
      this.parts.onEnd?.(scanner.name, end, (performance.now() - began) / 1000);
    } catch (error) {
      // The lease runs out, and then somebody else does it.
      this.parts.log.warn({ scanner: scan.scanner, error: (error as Error).message }, 'a scan could not be settled');
    }
  }
}
