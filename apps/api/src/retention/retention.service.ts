import { Inject, Injectable } from '@nestjs/common';
import { type PlanPage, type PlanPlace, Retention } from '#catalog/retention.js';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { Database, type Sql } from '#persistence/database.js';
import { NamespacesRepository } from '#persistence/namespaces.repository.js';
import { RetentionRulesRepository, type RuleRow } from '#persistence/retention-rules.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import { requireActionOn, viewerOf } from '../http/viewer.js';
import { type RuleBody, ruleOf } from './retention.dto.js';

/** Rules of one namespace, or (null) of all, for administrators. */
export type Scope = number | null;

/** Rules of retention, and what they would do. */
@Injectable()
export class RetentionService {
  constructor(
    private readonly rules: RetentionRulesRepository,
    private readonly namespaces: NamespacesRepository,
    private readonly retention: Retention,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async list(person: Person, scope: Scope): Promise<RuleRow[]> {
    await this.require(person, scope);
    return this.rules.of(scope);
  }

  async create(person: Person, by: By, scope: Scope, body: RuleBody): Promise<RuleRow> {
    const place = await this.require(person, scope);
    const id = await this.database.transaction(async (sql) => {
      const made = await this.rules.create(scope, ruleOf(body), sql);
      if (made === null) throw new InvalidError({ name: ['there are too many rules here'] });
      await this.tell(by, place, { id: made, name: body.name }, { after: body }, sql);
      return made;
    });
    return this.found(id, scope);
  }

  async update(person: Person, by: By, scope: Scope, id: number, body: RuleBody): Promise<RuleRow> {
    const place = await this.require(person, scope);
    const before = await this.found(id, scope);
    await this.database.transaction(async (sql) => {
      await this.rules.update(id, ruleOf(body), sql);
      await this.tell(by, place, { id, name: body.name }, { before, after: body }, sql);
    });
    return this.found(id, scope);
  }

  async remove(person: Person, by: By, scope: Scope, id: number): Promise<void> {
    const place = await this.require(person, scope);
    const before = await this.found(id, scope);
    await this.database.transaction(async (sql) => {
      await this.rules.remove(id, sql);
      await this.tell(by, place, before, { before }, sql);
    });
  }

  /** What the rules would drop and keep at this moment; changes nothing. */
  async plan(person: Person, scope: Scope, after: PlanPlace, limit: number): Promise<PlanPage> {
    await this.require(person, scope);
    return this.retention.plan(scope, after, limit);
  }

  private async found(id: number, scope: Scope): Promise<RuleRow> {
    const row = await this.rules.find(id, scope);
    if (row === null) throw new AppError('not_found', 'Not found');
    return row;
  }

  /** Where the rules belong, if the person may set them there. */
  async require(person: Person, scope: Scope): Promise<{ teamId: number | null; namespaceId: Scope }> {
    if (scope === null) {
      if (!person.admin) throw new AppError('forbidden', 'Authorization fails');
      return { teamId: null, namespaceId: null };
    }
    const row = await this.namespaces.find(viewerOf(person), scope);
    if (row === null) throw new AppError('not_found', 'Not found');
    const place = { ...row, namespaceId: row.id, namespaceName: row.name, namespaceKind: row.kind };
    requireActionOn(person, 'retention', place, policyOptions(this.settings));
    return { teamId: row.teamId, namespaceId: row.id };
  }

  private async tell(
    by: By,
    place: { teamId: number | null; namespaceId: Scope },
    { id, name }: { id: number; name: string },
    details: Record<string, unknown>,
    sql: Sql,
  ): Promise<void> {
    const subject = { subjectType: 'retention_rule', subjectId: id, subjectName: name } as const;
    await this.activities.record(by, { key: 'retention.change', ...subject, ...place, details }, sql);
  }
}
