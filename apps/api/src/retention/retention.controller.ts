import {
  Body,
  Controller,
  createParamDecorator,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  type Type,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { AdminOnly, CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { VersionOf } from '../http/versioned.js';
import { deletionView, viewDeletion } from '../deletions/deletions.dto.js';
import { pageOfAll } from '../http/list-page.js';
import { pageQuery, type PageQuery } from '../http/list-query.js';
import {
  placeOf,
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
import { RetentionService, type Scope } from './retention.service.js';

interface Place {
  path: string;
  /** Who may call it at all. */
  allowed: () => MethodDecorator;
  /** Where the {@link Scope} comes from. */
  scope: () => ParameterDecorator;
}

/** Rules of one place, and what they would do: the same operations wherever rules may be set. */
function rulesAt({ path, allowed, scope }: Place): Type {
  @ApiTags('retention')
  @Controller(path)
  class RulesController {
    constructor(
      private readonly retention: RetentionService,
      private readonly runs: RetentionRunsService,
      @Inject(SETTINGS) private readonly settings: Settings,
    ) {}

    @Get('retention_rules')
    @allowed()
    @Answers(z.array(ruleView), { also: [404] })
    async list(@CurrentUser() person: Person, @scope() place: Scope, @Query({ schema: pageQuery }) query: PageQuery) {
      return pageOfAll(query, this.settings.perPage, await this.retention.list(person, place), viewRule);
    }

    @Post('retention_rules')
    @allowed()
    @Answers(ruleView, { status: 201, also: [404, 422] })
    @HttpCode(201)
    async create(
      @CurrentUser() person: Person,
      @CalledBy() by: By,
      @scope() place: Scope,
      @Body({ schema: ruleInput }) body: RuleBody,
    ) {
      return viewRule(await this.retention.create(person, by, place, body));
    }

    @Put('retention_rules/:rule_id')
    @VersionOf('retention_rules', 'rule_id')
    @allowed()
    @Answers(ruleView, { also: [404] })
    async update(
      @CurrentUser() person: Person,
      @CalledBy() by: By,
      @scope() place: Scope,
      @Param('rule_id', { schema: idParam }) id: number,
      @Body({ schema: ruleInput }) body: RuleBody,
    ) {
      return viewRule(await this.retention.update(person, by, place, id, body));
    }

    @Delete('retention_rules/:rule_id')
    @VersionOf('retention_rules', 'rule_id')
    @allowed()
    @AnswersNothing([404])
    @HttpCode(204)
    async remove(
      @CurrentUser() person: Person,
      @CalledBy() by: By,
      @scope() place: Scope,
      @Param('rule_id', { schema: idParam }) id: number,
    ): Promise<void> {
      await this.retention.remove(person, by, place, id);
    }

    @Get('retention/plan')
    @allowed()
    @Answers(planView, { also: [404] })
    async plan(@CurrentUser() person: Person, @scope() place: Scope, @Query({ schema: planQuery }) query: PlanQuery) {
      return viewPlan(await this.retention.plan(person, place, placeOf(query), query.per_page), query.verdict);
    }

    /** Drops now what the plan shows: a deletion for each registry. None: nothing is dropped, or a former run goes on. */
    @Post('retention/run')
    @allowed()
    @Answers(z.array(deletionView), { status: 202, also: [404, 422] })
    @HttpCode(202)
    async run(@CurrentUser() person: Person, @CalledBy() by: By, @scope() place: Scope) {
      return (await this.runs.run(person, by, place)).map(viewDeletion);
    }
  }
  return RulesController;
}

const Everywhere = createParamDecorator((): Scope => null);

/** Rules of all namespaces. */
export const RetentionController = rulesAt({ path: 'api/v1', allowed: AdminOnly, scope: () => Everywhere() });

/** Rules of one namespace; those of all apply to it too. */
export const NamespaceRetentionController = rulesAt({
  path: 'api/v1/namespaces/:id',
  allowed: Decided,
  scope: () => Param('id', { schema: idParam }),
});
