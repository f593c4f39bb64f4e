import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { pageOf } from '../http/list-page.js';
import { paging } from '../http/list-query.js';
import { denialsQuery, type DenialsQuery, denialView, viewDenial } from './denials.dto.js';
import { DenialsService } from './denials.service.js';

@ApiTags('denials')
@Controller('api/v1/denials')
export class DenialsController {
  constructor(
    private readonly denials: DenialsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Last ones first. */
  @Get()
  @Answers(z.array(denialView), { also: [404] })
  async list(@CurrentUser() person: Person, @Query({ schema: denialsQuery }) query: DenialsQuery) {
    const cut = paging<'last_at'>({ ...query, sort_order: 'desc' }, this.settings.perPage, 'last_at');
    return pageOf(cut, await this.denials.list(person, query, cut), ({ row, reason }) => viewDenial(row, reason));
  }
}
