import type { Count, Metrics, Observed } from '#platform/metrics/metrics.js';

/** What becomes of events when their repository is read: early and unanswered ones are looked at again. */
const LOOKED = ['done', 'early', 'unanswered', 'unreadable'] as const;
const EVENT_OUTCOMES = [...LOOKED, 'dead'] as const;
const RECONCILE_OUTCOMES = ['applied', 'unchanged', 'busy', 'stale', 'failed'] as const;
export type ReconcileOutcome = Exclude<(typeof RECONCILE_OUTCOMES)[number], 'failed'>;

/** Upper bounds, seconds: one manifest of a registry nearby, or ten thousand of one far away. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Counts what reconciling does. */
export class ReconcileRecord {
  private readonly events: Record<(typeof EVENT_OUTCOMES)[number], Count>;
  private readonly seconds: Record<string, Observed>;

  constructor(metrics: Metrics) {
    const events = metrics.counter({
      name: 'portus_events_handled_total',
      help: 'Looks at notifications by what came of them; early, unanswered: looked at again.',
      labels: { outcome: EVENT_OUTCOMES },
    });
    this.events = Object.fromEntries(EVENT_OUTCOMES.map((outcome) => [outcome, events.of({ outcome })])) as never;
    const seconds = metrics.histogram(
      {
        name: 'portus_reconcile_seconds',
        help: 'Time to compare one repository with its registry.',
        labels: { outcome: RECONCILE_OUTCOMES },
      },
      BUCKETS,
    );
    this.seconds = Object.fromEntries(RECONCILE_OUTCOMES.map((outcome) => [outcome, seconds.of({ outcome })]));
  }

  /** What came of the events of one look. */
  looked(events: Record<(typeof LOOKED)[number], readonly unknown[]>): void {
    for (const outcome of LOOKED) this.events[outcome].inc(events[outcome].length);
  }

  /** Events that are not tried again. */
  died(count: number): void {
    this.events.dead.inc(count);
  }

  /** Times one reconcile; one that throws has failed. */
  async time<T extends { outcome: ReconcileOutcome }>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    let outcome: string = 'failed';
    try {
      const result = await work();
      ({ outcome } = result);
      return result;
    } finally {
      this.seconds[outcome]?.observe((performance.now() - began) / 1000);
    }
  }
}
