import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import {
  viewWebhookHeader,
  type WebhookHeaderFields,
  webhookHeaderInput,
  webhookHeaderView,
} from './webhook-headers.dto.js';
import { WebhookHeadersService } from './webhook-headers.service.js';

@ApiTags('webhooks')
@Controller('api/v1/namespaces/:id/webhooks/:webhook_id/headers')
export class WebhookHeadersController {
  constructor(private readonly headers: WebhookHeadersService) {}

  @Get()
  @Answers(z.array(webhookHeaderView), { also: [404] })
  async list(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) webhook: number,
  ) {
    return (await this.headers.list(person, namespace, webhook)).map(viewWebhookHeader);
  }

  @Post()
  @Answers(webhookHeaderView, { status: 201, also: [404, 422] })
  @HttpCode(201)
  async create(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) webhook: number,
    @Body({ schema: webhookHeaderInput }) body: { webhook_header: WebhookHeaderFields },
  ) {
    return viewWebhookHeader(await this.headers.create(person, by, namespace, webhook, body.webhook_header));
  }

  @Delete(':header_id')
  @AnswersNothing([404])
  @HttpCode(204)
  async remove(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('webhook_id', { schema: idParam }) webhook: number,
    @Param('header_id', { schema: idParam }) id: number,
  ): Promise<void> {
    await this.headers.remove(person, by, namespace, webhook, id);
  }
}
