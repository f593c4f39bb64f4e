import { SharedResult } from '#platform/lifecycle/shared-result.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';

/** Scrapers that come more often, and the gauges of one scrape, share one look, milliseconds. */
const SHARED_MS = 3_000;

/** Declares how far webhooks are behind. The same in every process: one kind of them is enough to tell it. */
export function watchWebhooks(metrics: Metrics, deliveries: Pick<WebhookDeliveriesRepository, 'backlog'>): void {
  const backlog = new SharedResult(SHARED_MS, () => deliveries.backlog());
  metrics.gauge({
    name: 'portus_webhook_deliveries',
    help: 'Deliveries by state: waiting for an enabled webhook, and dead (given up).',
    labels: ['state'],
    read: async () => {
      const { waiting, dead } = await backlog.get();
      return Object.entries({ waiting, dead }).map(([state, value]) => ({ labels: { state }, value }));
    },
  });
  metrics.gauge({
    name: 'portus_webhook_oldest_seconds',
    help: 'For how long the oldest waiting delivery has waited; 0: none waits.',
    labels: [],
    read: async () => [{ value: (await backlog.get()).oldestSeconds }],
  });
  metrics.gauge({
    name: 'portus_webhook_targets_resting',
    help: 'Hosts that failed too often in a row and are left alone for a while.',
    labels: [],
    read: async () => [{ value: (await backlog.get()).resting }],
  });
}
