import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { AdminOnly, CurrentUser, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { pageQuery, type PageQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { ScanRequestsService } from './scan-requests.service.js';
import { affectedView, ASKED, asked, viewAffected, vulnerabilityName } from './scans.dto.js';
import { ScansService } from './scans.service.js';

@ApiTags('vulnerabilities')
@Controller('api/v1')
export class VulnerabilitiesController {
  constructor(
    private readonly scans: ScansService,
    private readonly requests: ScanRequestsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Asks for new scans of everything, as in Portus. */
  @Post('vulnerabilities')
  @AdminOnly()
  @Answers(asked, { status: 202, also: [503] })
  @HttpCode(202)
  async scanAll(@CalledBy() by: By) {
    await this.requests.all(by);
    return ASKED;
  }

  /** Asks for a new scan of the image of a tag, as in Portus. */
  @Post('vulnerabilities/:id')
  @AdminOnly()
  @Answers(asked, { status: 202, also: [404, 503] })
  @HttpCode(202)
  async scanTag(@CurrentUser() person: Person, @CalledBy() by: By, @Param('id', { schema: idParam }) id: number) {
    await this.requests.tag(person, by, id);
    return ASKED;
  }

  @Post('repositories/:id/vulnerabilities')
  @AdminOnly()
  @Answers(asked, { status: 202, also: [404, 503] })
  @HttpCode(202)
  async scanRepository(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
  ) {
    await this.requests.repository(person, by, id);
    return ASKED;
  }

  /** The tags that a vulnerability is in. */
  @Get('vulnerabilities/:name/images')
  @Answers(z.array(affectedView))
  async images(
    @CurrentUser() person: Person,
    @Param('name', { schema: vulnerabilityName }) name: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    const cut = paging({ ...query, sort_order: 'asc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.scans.affected(person, name, cut.skip, cut.take), viewAffected);
  }
}
