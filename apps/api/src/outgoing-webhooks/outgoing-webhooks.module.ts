import { Module } from '@nestjs/common';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { AddressGuard } from '#webhooks/address-guard.js';
import { NamespacesModule } from '../namespaces/namespaces.module.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLettersService } from './dead-letters.service.js';
import { OutgoingWebhooksController } from './outgoing-webhooks.controller.js';
import { OutgoingWebhooksService } from './outgoing-webhooks.service.js';
import { WebhookActivities } from './webhook-activities.js';
import { WebhookDeliveriesController } from './webhook-deliveries.controller.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookHeadersController } from './webhook-headers.controller.js';
import { WebhookHeadersService } from './webhook-headers.service.js';
import { WebhookPlaces } from './webhook-places.js';

/** Other systems that are told of what happens in namespaces. */
@Module({
  imports: [NamespacesModule],
  controllers: [
    OutgoingWebhooksController,
    WebhookHeadersController,
    WebhookDeliveriesController,
    DeadLettersController,
  ],
  providers: [
    OutgoingWebhooksService,
    WebhookHeadersService,
    WebhookDeliveriesService,
    DeadLettersService,
    WebhookPlaces,
    WebhookActivities,
    { provide: Sealer, inject: [SETTINGS], useFactory: (settings: Settings) => Sealer.of(settings) },
    {
      provide: AddressGuard,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => AddressGuard.of(settings.webhookNetworks),
    },
  ],
})
export class OutgoingWebhooksModule {}
