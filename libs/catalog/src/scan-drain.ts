import type { EndedScan, QueuedScan, ScanReportsRepository } from '#persistence/scan-reports.repository.js';
import type { Scanner } from '#scanning/none.js';
import { WorkLoop } from './work-loop.js';

const BATCH = 100;
/** What was found out waits no longer than this to be stored, milliseconds. */
const STORE_EVERY_MS = 1_000;

/** Works queued scan reports off, in their order. */
export class ScanDrain {
  private readonly loop = new WorkLoop((signal) => this.round(signal));

  constructor(
    private readonly reports: ScanReportsRepository,
    private readonly scanner: Scanner,
  ) {}

  async ring(): Promise<void> {
    await this.loop.ring();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async round(signal: AbortSignal): Promise<boolean> {
    const batch = await this.reports.queued(BATCH);
    if (batch.length > 0) await this.scan(batch, signal);
    return batch.length > 0;
  }

  /** Outcomes that come quickly are stored together; those before a failure are stored too. */
  private async scan(batch: readonly QueuedScan[], signal: AbortSignal): Promise<void> {
    let ended: EndedScan[] = [];
    let storedAt = performance.now();
    try {
      for (const report of batch) {
        const { state, reason } = await this.scanner.scan(report, signal);
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
