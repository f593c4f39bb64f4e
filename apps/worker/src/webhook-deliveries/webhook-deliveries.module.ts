import { type FactoryProvider, Module } from '@nestjs/common';
import { WebhookQueueRepository } from '#persistence/webhook-queue.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { AddressGuard } from '#webhooks/address-guard.js';
import { Deliverer } from '#webhooks/deliverer.js';
import { DeliveryRecord } from '#webhooks/delivery-record.js';
import { DeliveryRunner } from '#webhooks/delivery-runner.js';
import { WebhookDeliveriesProcessor } from './webhook-deliveries.processor.js';
import { WebhookSweeper } from './webhook-sweeper.js';

const runner: FactoryProvider = {
  provide: DeliveryRunner,
  inject: [WebhookQueueRepository, SETTINGS, LOGGER, Metrics],
  useFactory: (queue: WebhookQueueRepository, settings: Settings, logger: Logger, metrics: Metrics) => {
    const [sealer, guard] = [Sealer.of(settings), AddressGuard.of(settings.webhookNetworks)];
    const timeoutMs = settings.webhookTimeout * 1000;
    const options = {
      timeoutMs,
      attempts: settings.webhookAttempts,
      backoff: settings.webhookBackoff,
      source: settings.machineFqdn,
    };
    const deliverer = new Deliverer(queue, sealer, guard, options, new DeliveryRecord(metrics));
    return new DeliveryRunner(queue, deliverer, { concurrency: settings.webhookConcurrency, timeoutMs }, logger);
  },
};

/** Other systems are told of what happens to images. */
@Module({ providers: [runner, WebhookDeliveriesProcessor, WebhookSweeper] })
export class WebhookDeliveriesModule {}
