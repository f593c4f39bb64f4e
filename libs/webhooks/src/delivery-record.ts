import type { Count, Metrics, Observed } from '#platform/metrics/metrics.js';

/** delivered: with a 2xx. failed: to be tried again. dead: given up. */
const OUTCOMES = ['delivered', 'failed', 'dead'] as const;
export type DeliveryOutcome = (typeof OUTCOMES)[number];

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts attempts to deliver. */
export class DeliveryRecord {
  private readonly counts: Record<DeliveryOutcome, Count>;
  private readonly seconds: Observed;

  constructor(metrics: Metrics) {
    const counter = metrics.counter({
      name: 'portus_webhook_attempts_total',
      help: 'Attempts to deliver an event to a webhook by what came of them; failed: tried again, dead: given up.',
      labels: { outcome: OUTCOMES },
    });
    this.counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, counter.of({ outcome })])) as never;
    const histogram = { name: 'portus_webhook_attempt_seconds', help: 'Time of an attempt.', labels: {} };
    this.seconds = metrics.histogram(histogram, BUCKETS).of({});
  }

  /** @param duration milliseconds */
  tried(outcome: DeliveryOutcome, duration: number): void {
    this.counts[outcome].inc();
    this.seconds.observe(duration / 1000);
  }
}
