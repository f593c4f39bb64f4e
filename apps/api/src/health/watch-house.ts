import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '#persistence/database.js';
import { MailsRepository } from '#persistence/mails.repository.js';
import { watchCatalog } from '#persistence/watch-catalog.js';
import { watchMails } from '#persistence/watch-mails.js';
import { watchScans } from '#persistence/watch-scans.js';
import { watchSyncs } from '#persistence/watch-syncs.js';
import { watchWebhooks } from '#persistence/watch-webhooks.js';
import { watchWorkers } from '#persistence/watch-workers.js';
import { WebhookDeliveriesRepository } from '#persistence/webhook-deliveries.repository.js';
import { WorkersRepository } from '#persistence/workers.repository.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { QueueSizes } from '#queues/queue-sizes.js';
import { watchQueues } from '#queues/watch-queues.js';

/** Shows how the house is to Prometheus: what every process would tell alike, each api tells. */
@Injectable()
export class WatchHouse implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly mails: MailsRepository,
    private readonly workers: WorkersRepository,
    private readonly queues: QueueSizes,
  ) {}

  onModuleInit(): void {
    watchCatalog(this.metrics, this.database);
    watchScans(this.metrics, this.database);
    watchSyncs(this.metrics, this.database);
    watchWebhooks(this.metrics, this.deliveries);
    watchMails(this.metrics, this.mails);
    watchWorkers(this.metrics, this.workers);
    watchQueues(this.metrics, this.queues);
  }
}
