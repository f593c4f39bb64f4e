import { Injectable } from '@nestjs/common';
import { type Count, Metrics, type Observed } from '#platform/metrics/metrics.js';
import type { ParsedEnvelope } from './parse-envelope.js';

const OUTCOMES = { 202: 'accepted', 401: 'unauthorized', 503: 'unavailable' } as const;
const KINDS = ['stored', 'rejected', 'pull'] as const;

/** Upper bounds, seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Counts notifications as they are answered, and what they held. */
@Injectable()
export class WebhookRecord {
  private readonly outcomes: Record<string, Count>;
  private readonly kinds: Record<(typeof KINDS)[number], Count>;
  private readonly seconds: Observed;

  constructor(metrics: Metrics) {
    const names = [...Object.values(OUTCOMES), 'error'] as const;
    const requests = metrics.counter({
      name: 'portus_webhook_requests_total',
      help: 'Notifications of registries by answer: what is unavailable is sent again.',
      labels: { outcome: names },
    });
    const events = metrics.counter({
      name: 'portus_webhook_events_total',
      help: 'Events of accepted notifications: stored for the catalog, rejected as not understood, or pulls.',
      labels: { kind: KINDS },
    });
    this.outcomes = Object.fromEntries(names.map((outcome) => [outcome, requests.of({ outcome })]));
    this.kinds = Object.fromEntries(KINDS.map((kind) => [kind, events.of({ kind })])) as typeof this.kinds;
    const time = { name: 'portus_webhook_seconds', help: 'Time from a notification to its answer.', labels: {} };
    this.seconds = metrics.histogram(time, BUCKETS).of({});
  }

  answered(status: number, seconds: number): void {
    this.outcomes[OUTCOMES[status as keyof typeof OUTCOMES] ?? 'error']!.inc();
    this.seconds.observe(seconds);
  }

  took({ events, pulls }: ParsedEnvelope): void {
    const rejected = events.filter((event) => event.rejected !== null).length;
    this.kinds.rejected.inc(rejected);
    this.kinds.stored.inc(events.length - rejected);
    this.kinds.pull.inc(pulls.filter(({ method }) => method === 'GET').length);
  }
}
