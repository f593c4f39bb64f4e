import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DenialsModule } from '../denials/denials.module.js';
import { JwksController } from './jwks.controller.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { TokenFactsService } from './token-facts.service.js';
import { TokenRecord } from './token-record.js';
import { tokenRoutes } from './token.routes.js';
import { TokenService } from './token.service.js';

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
  ) {}

  onModuleInit(): void {
    tokenRoutes(this.host.httpAdapter.getInstance<FastifyInstance>(), this.tokens, this.record);
  }
}
