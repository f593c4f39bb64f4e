import type { EndedScan, QueuedScan, ScanReportsRepository } from '#persistence/scan-reports.repository.js';
import type { Scanner } from '#scanning/scanner.js';

const BATCH = 100;
/** What was found out waits no longer than this to be stored, milliseconds. */
const STORE_EVERY_MS = 1_000;

/** Works queued scan reports off, in their order. */
export class ScanDrain {
  private running: Promise<void> | null = null;
  private readonly stopping = new AbortController();

  constructor(
    private readonly reports: ScanReportsRepository,
    private readonly scanner: Scanner,
  ) {}

  async ring(): Promise<void> {
    this.running ??= this.drain().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    await this.running?.catch(() => undefined);
  }

  private async drain(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const batch = await this.reports.queued(BATCH);
      if (batch.length === 0) return;
      await this.scan(batch);
    }
  }

  /** Outcomes that come quickly are stored together; those before a failure are stored too. */
  private async scan(batch: readonly QueuedScan[]): Promise<void> {
    let ended: EndedScan[] = [];
    let storedAt = performance.now();
    try {
      for (const report of batch) {
        const { state, reason } = await this.scanner.scan(report, this.stopping.signal);
        ended.push({ id: report.id, state, reason });
        if (performance.now() - storedAt < STORE_EVERY_MS) continue;
        await this.reports.settle(ended);
        [ended, storedAt] = [[], performance.now()];
      }
    } finally {
      await this.reports.settle(ended);
    }
  }
}
