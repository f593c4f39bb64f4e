import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { VersionOf } from '../http/versioned.js';
import { deletionView, viewDeletion } from '../deletions/deletions.dto.js';
import { pageOfAll } from '../http/list-page.js';
import { pageQuery, type PageQuery } from '../http/list-query.js';
import {
  planQuery,
  type PlanQuery,
  planView,
  ruleInput,
  type RuleBody,
  ruleView,
  viewPlan,
  viewRule,
} from './retention.dto.js';
import { RetentionRunsService } from './retention-runs.service.js';
import { RetentionService } from './retention.service.js';

/** Rules of one namespace; those of all apply to it too. */
@ApiTags('retention')
@Controller('api/v1/namespaces/:id')
export class NamespaceRetentionController {
  constructor(
    private readonly retention: RetentionService,
    private readonly runs: RetentionRunsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get('retention_rules')
  @Decided()
  @Answers(z.array(ruleView), { also: [404] })
  async list(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) namespace: number,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    return pageOfAll(query, this.settings.perPage, await this.retention.list(person, namespace), viewRule);
  }

  @Post('retention_rules')
  @Decided()
  @Answers(ruleView, { status: 201, also: [404, 422] })
  @HttpCode(201)
  async create(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Body({ schema: ruleInput }) body: RuleBody,
  ) {
    return viewRule(await this.retention.create(person, by, namespace, body));
  }

  @Put('retention_rules/:rule_id')
  @VersionOf('retention_rules', 'rule_id')
  @Decided()
  @Answers(ruleView, { also: [404] })
  async update(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('rule_id', { schema: idParam }) id: number,
    @Body({ schema: ruleInput }) body: RuleBody,
  ) {
    return viewRule(await this.retention.update(person, by, namespace, id, body));
  }

  @Delete('retention_rules/:rule_id')
  @VersionOf('retention_rules', 'rule_id')
  @Decided()
  @AnswersNothing([404])
  @HttpCode(204)
  async remove(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) namespace: number,
    @Param('rule_id', { schema: idParam }) id: number,
  ): Promise<void> {
    await this.retention.remove(person, by, namespace, id);
  }

  @Get('retention/plan')
  @Decided()
  @Answers(planView, { also: [404] })
  async plan(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) namespace: number,
    @Query({ schema: planQuery }) query: PlanQuery,
  ) {
    return viewPlan(await this.retention.plan(person, namespace, query.after, query.per_page));
  }

  /** Drops now what the plan shows: a deletion for each registry. None: nothing is dropped, or a former run goes on. */
  @Post('retention/run')
  @Decided()
  @Answers(z.array(deletionView), { status: 202, also: [404, 422] })
  @HttpCode(202)
  async run(@CurrentUser() person: Person, @CalledBy() by: By, @Param('id', { schema: idParam }) namespace: number) {
    return (await this.runs.run(person, by, namespace)).map(viewDeletion);
  }
}
