import { SharedResult } from '#platform/lifecycle/shared-result.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { MailsRepository } from './mails.repository.js';

/** Scrapers that come more often share one look, milliseconds. */
const SHARED_MS = 3_000;

/** Declares how far mail is behind. The same in every process: one kind of them is enough to tell it. */
export function watchMails(metrics: Metrics, mails: Pick<MailsRepository, 'backlog'>): void {
  const backlog = new SharedResult(SHARED_MS, () => mails.backlog());
  metrics.gauge({
    name: 'portus_mails',
    help: 'Mails by state: waiting to be sent, and dead (given up).',
    labels: ['state'],
    read: async () => {
      const { waiting, dead } = await backlog.get();
      return Object.entries({ waiting, dead }).map(([state, value]) => ({ labels: { state }, value }));
    },
  });
}
