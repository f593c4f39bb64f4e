import { Inject, Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { AcceptedRisksRepository, type RiskRow } from '#persistence/accepted-risks.repository.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import type { Listed, Page } from '#persistence/listing.js';
import { NamespacesRepository } from '#persistence/namespaces.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import { requireActionOn, requirePullOf, viewerOf } from '../http/viewer.js';
import type { RiskBody } from './scans.dto.js';

/** Where a risk is accepted: in a namespace, or (null) everywhere. */
export type Place = number | null;

/** Vulnerabilities that people decided to live with: gates let them pass, and they are shown all the same. */
@Injectable()
export class AcceptedRisksService {
  constructor(
    private readonly risks: AcceptedRisksRepository,
    private readonly namespaces: NamespacesRepository,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Whoever may pull sees which risks are accepted there; those that hold everywhere are seen by all. */
  async list(person: Person, place: Place, page: Page<'id'>): Promise<Listed<RiskRow>> {
    if (place !== null) requirePullOf(person, await this.namespace(person, place), policyOptions(this.settings));
    return this.risks.page(place, page);
  }

  async accept(person: Person, by: By, place: Place, body: RiskBody): Promise<RiskRow> {
    const { teamId, namespaceId } = await this.require(person, place);
    const expiresAt = body.expires_at ? new Date(body.expires_at) : null;
    if (expiresAt !== null && expiresAt.getTime() <= Date.now())
      throw new InvalidError({ expires_at: ['must be in the future'] });
    const { vulnerability, reason } = body;
    const who = { authorId: person.userId, username: person.username };
    const risk = { namespaceId, vulnerability, package: body.package ?? null, reason, ...who, expiresAt };
    return this.database.transaction(async (sql) => {
      const row = await this.risks.create(sql, risk);
      const subject = { subjectType: 'accepted_risk', subjectId: row.id, subjectName: vulnerability } as const;
      await this.activities.record(
        by,
        { key: 'risk.accept', ...subject, teamId, namespaceId, details: { after: body } },
        sql,
      );
      return row;
    });
  }

  async revoke(person: Person, by: By, place: Place, id: number): Promise<void> {
    const { teamId, namespaceId } = await this.require(person, place);
    await this.database.transaction(async (sql) => {
      const row = await this.risks.remove(sql, id, place);
      if (row === null) throw new AppError('not_found', 'Not found');
      const { vulnerability, package: name, reason, username } = row;
      const subject = { subjectType: 'accepted_risk', subjectId: id, subjectName: vulnerability } as const;
      const details = { before: { vulnerability, package: name, reason, username } };
      await this.activities.record(by, { key: 'risk.revoke', ...subject, teamId, namespaceId, details }, sql);
    });
  }

  private async namespace(person: Person, id: number) {
    const row = await this.namespaces.find(viewerOf(person), id);
    if (row === null) throw new AppError('not_found', 'Not found');
    return { ...row, namespaceId: row.id, namespaceName: row.name, namespaceKind: row.kind };
  }

  private async require(person: Person, place: Place): Promise<{ teamId: number | null; namespaceId: Place }> {
    if (place === null) {
      if (!person.admin) throw new AppError('forbidden', 'Authorization fails');
      return { teamId: null, namespaceId: null };
    }
    const row = await this.namespace(person, place);
    requireActionOn(person, 'accept_risk', row, policyOptions(this.settings));
    return { teamId: row.teamId, namespaceId: row.id };
  }
}
