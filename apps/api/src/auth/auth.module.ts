import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Identity } from '#identity/identity.js';
import { atMost } from '#platform/lifecycle/at-most.js';
import { DenialBuffer } from '../denials/denial-buffer.js';
import { DenialsModule } from '../denials/denials.module.js';
import { JwksController } from './jwks.controller.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { TokenFactsService } from './token-facts.service.js';
import { TokenRecord } from './token-record.js';
import { tokenRoutes } from './token.routes.js';
import { TokenService } from './token.service.js';

/** How long a stop waits for what is still in memory to be written, milliseconds. */
const LAST_FLUSH_MS = 3_000;

/** The registry's token service. */
@Module({
  imports: [DenialsModule],
  controllers: [JwksController],
  providers: [RefreshTokensService, TokenFactsService, TokenRecord, TokenService],
  exports: [TokenFactsService],
})
export class AuthModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly tokens: TokenService,
    private readonly record: TokenRecord,
    private readonly denials: DenialBuffer,
    private readonly identity: Identity,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    tokenRoutes(fastify, this.tokens, this.record);
    // After the last request was answered, and while the database is still there.
    fastify.addHook('onClose', async () => {
      await atMost(LAST_FLUSH_MS, Promise.all([this.denials.flush(), this.identity.flushUses()]));
    });
  }
}
