import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { AdminOnly, CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { pageQuery, type PageQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { AcceptedRisksService, type Place } from './accepted-risks.service.js';
import { type RiskBody, riskInput, riskView, viewRisk } from './scans.dto.js';

/** Vulnerabilities that somebody decided to live with, everywhere or in one namespace. */
@ApiTags('vulnerabilities')
@Controller('api/v1')
export class AcceptedRisksController {
  constructor(
    private readonly risks: AcceptedRisksService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get('accepted_risks')
  @Answers(z.array(riskView))
  async list(@CurrentUser() person: Person, @Query({ schema: pageQuery }) query: PageQuery) {
    return this.page(person, null, query);
  }

  @Post('accepted_risks')
  @AdminOnly()
  @Answers(riskView, { status: 201, also: [422] })
  @HttpCode(201)
  async accept(@CurrentUser() person: Person, @CalledBy() by: By, @Body({ schema: riskInput }) body: RiskBody) {
    return viewRisk(await this.risks.accept(person, by, null, body));
  }

  @Delete('accepted_risks/:risk_id')
  @AdminOnly()
  @AnswersNothing([404])
  @HttpCode(204)
  async revoke(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('risk_id', { schema: idParam }) id: number,
  ): Promise<void> {
    await this.risks.revoke(person, by, null, id);
  }

  @Get('namespaces/:id/accepted_risks')
  @Decided()
  @Answers(z.array(riskView), { also: [404] })
  async listOf(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) namespace: number,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    return this.page(person, namespace, query);
  }

  @Post('namespaces/:id/accepted_risks')
  @Decided()
  @Answers(riskView, { status: 201, also: [404, 422] })
  @HttpCode(201)
  async acceptIn(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Body({ schema: riskInput }) body: RiskBody,
  ) {
    return viewRisk(await this.risks.accept(person, by, namespace, body));
  }

  @Delete('namespaces/:id/accepted_risks/:risk_id')
  @Decided()
  @AnswersNothing([404])
  @HttpCode(204)
  async revokeIn(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('risk_id', { schema: idParam }) id: number,
  ): Promise<void> {
    await this.risks.revoke(person, by, namespace, id);
  }

  private async page(person: Person, place: Place, query: PageQuery) {
    const cut = paging<'id'>({ ...query, sort_order: 'desc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.risks.list(person, place, cut), viewRisk);
  }
}
