import type { ScanReportsRepository } from '#persistence/scan-reports.repository.js';
import type { Scanner } from '#scanning/scanner.js';

const BATCH = 100;

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
      for (const report of batch) {
        const outcome = await this.scanner.scan(report, this.stopping.signal);
        await this.reports.settle(report.id, outcome.state, outcome.reason);
      }
    }
  }
}
