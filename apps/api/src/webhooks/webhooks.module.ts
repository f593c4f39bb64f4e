import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { WebhookRecord } from './webhook-record.js';
import { webhookRoutes } from './webhooks.routes.js';
import { WebhooksService } from './webhooks.service.js';

/** The target of the registry's notifications. */
@Module({ providers: [WebhookRecord, WebhooksService] })
export class WebhooksModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly webhooks: WebhooksService,
    private readonly record: WebhookRecord,
  ) {}

  onModuleInit(): void {
    webhookRoutes(this.host.httpAdapter.getInstance<FastifyInstance>(), this.webhooks, this.record);
  }
}
