import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { expiringQuery, type ExpiringQuery, expiringView, viewExpiring } from './application-tokens.dto.js';
import { ApplicationTokensService } from './application-tokens.service.js';

/** What has to be renewed: one's own tokens, for administrators also those of bots, which nobody else looks after. */
@ApiTags('users')
@Controller('api/v1/application_tokens')
export class ExpiringTokensController {
  constructor(private readonly tokens: ApplicationTokensService) {}

  /** Those that have ended last, or will, come first; at most 100. */
  @Get()
  @Answers(z.array(expiringView))
  async list(@CurrentUser() person: Person, @Query({ schema: expiringQuery }) query: ExpiringQuery) {
    return (await this.tokens.expiring(person, new Date(query.expires_before))).map(viewExpiring);
  }
}
