import { Controller, Get, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idParam } from '../http/id-param.js';
import { paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import {
  deliveryId,
  deliveryQuery,
  type DeliveryQuery,
  deliveryView,
  listedDeliveryView,
  viewDelivery,
  viewListedDelivery,
} from './webhook-deliveries.dto.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';

@ApiTags('webhooks')
@Controller('api/v1/namespaces/:id/webhooks/:webhook_id/deliveries')
export class WebhookDeliveriesController {
  constructor(
    private readonly deliveries: WebhookDeliveriesService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Without the bodies. */
  @Get()
  @Answers(z.array(listedDeliveryView), { also: [404] })
  async list(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) webhook: number,
    @Query({ schema: deliveryQuery }) query: DeliveryQuery,
  ) {
    const cut = paging(query, this.settings.perPage, 'id');
    return pageOf(
      cut,
      await this.deliveries.list(person, namespace, webhook, query.state ?? null, cut),
      viewListedDelivery,
    );
  }

  @Get(':delivery_id')
  @Answers(deliveryView, { also: [404] })
  async get(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) webhook: number,
    @Param('delivery_id', { schema: deliveryId }) id: string,
  ) {
    return viewDelivery(await this.deliveries.get(person, namespace, webhook, id));
  }

  /** Sends it again, with the present settings of the webhook, under the same `X-Portus-Delivery`. */
  @Put(':delivery_id')
  @Answers(deliveryView, { also: [404] })
  async resend(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) webhook: number,
    @Param('delivery_id', { schema: deliveryId }) id: string,
  ) {
    return viewDelivery(await this.deliveries.resend(person, namespace, webhook, id));
  }
}
