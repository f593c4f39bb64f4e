import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { setCursorHeaders } from '../http/paging-headers.js';
import { denialsQuery, type DenialsQuery, denialView, viewDenial } from './denials.dto.js';
import { DenialsService } from './denials.service.js';

@ApiTags('denials')
@Controller('api/v1/denials')
export class DenialsController {
  constructor(
    private readonly denials: DenialsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Last ones first. `Link` with rel="next" names the following page, by the place where it begins. */
  @Get()
  @Answers(z.array(denialView), { also: [404] })
  async list(
    @CurrentUser() person: Person,
    @Query({ schema: denialsQuery }) query: DenialsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { items, next } = await this.denials.list(person, query, this.settings.perPage);
    setCursorHeaders(request, reply, next);
    return items.map(({ row, reason }) => viewDenial(row, reason));
  }
}
