import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { WEBHOOK_SORTS } from '#persistence/listing.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { VersionOf } from '../http/versioned.js';
import { listQuery, type ListQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { viewWebhook, webhookChanges, type WebhookFields, webhookInput, webhookView } from './outgoing-webhooks.dto.js';
import { OutgoingWebhooksService, type SeenWebhook } from './outgoing-webhooks.service.js';

const view = ({ row, whole }: SeenWebhook) => viewWebhook(row, whole);

@ApiTags('webhooks')
@Controller('api/v1/namespaces/:id/webhooks')
export class OutgoingWebhooksController {
  constructor(
    private readonly webhooks: OutgoingWebhooksService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Answers(z.array(webhookView), { also: [404] })
  async list(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) namespace: number,
    @Query({ schema: listQuery(WEBHOOK_SORTS) }) query: ListQuery<(typeof WEBHOOK_SORTS)[number]>,
  ) {
    const cut = paging(query, this.settings.perPage, 'id');
    return pageOf(cut, await this.webhooks.list(person, namespace, cut), view);
  }

  @Get(':webhook_id')
  @VersionOf('webhooks', 'webhook_id')
  @Answers(webhookView, { also: [404] })
  async get(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) id: number,
  ) {
    return view(await this.webhooks.get(person, namespace, id));
  }

  @Post()
  @Answers(webhookView, { status: 201, also: [404, 422] })
  @HttpCode(201)
  async create(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Body({ schema: webhookInput }) body: { webhook: WebhookFields },
  ) {
    return view(await this.webhooks.create(person, by, namespace, body.webhook));
  }

  /** Fields that are not given stay as they are. A webhook that gets another host loses its password and headers. */
  @Put(':webhook_id')
  @VersionOf('webhooks', 'webhook_id')
  @Answers(webhookView, { also: [404, 422] })
  async update(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) id: number,
    @Body({ schema: webhookChanges }) body: { webhook: WebhookFields },
  ) {
    return view(await this.webhooks.update(person, by, namespace, id, body.webhook));
  }

  /** Enables a disabled webhook, and disables an enabled one. What waits for a disabled one waits on. */
  @Put(':webhook_id/toggle_enabled')
  @VersionOf('webhooks', 'webhook_id')
  @Answers(webhookView, { also: [404, 422] })
  async toggle(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) id: number,
  ) {
    return view(await this.webhooks.toggle(person, by, namespace, id));
  }

  /** Its deliveries go with it, also those that wait. */
  @Delete(':webhook_id')
  @VersionOf('webhooks', 'webhook_id')
  @AnswersNothing([404])
  @HttpCode(204)
  async remove(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) id: number,
  ): Promise<void> {
    await this.webhooks.remove(person, by, namespace, id);
  }
}
