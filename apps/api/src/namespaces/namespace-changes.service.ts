import { Inject, Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { isNamespaceName } from '#domain/naming/repository-name.js';
import { decideOperation, type Operation, type TeamFacts } from '#domain/policy/manage.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import { Database, type Sql } from '#persistence/database.js';
import { type NamespaceRow, NamespacesRepository } from '#persistence/namespaces.repository.js';
import type { TeamRow } from '#persistence/teams.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { manageOptions } from '../http/policy-options.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import type { NamespaceChanges, NewNamespace } from './namespaces.dto.js';
import { NamespacePlaces } from './namespace-places.js';
import { NamespacesService } from './namespaces.service.js';
import type { SeenNamespace } from './seen-namespace.js';

const UNIQUE = { namespaces_registry_name_key: 'name' };
const BAD_NAME = 'must be lower-case letters and digits, joined by single ".", "_", "__" or any number of "-"';

/** Creating, describing, opening and handing over namespaces. */
@Injectable()
export class NamespaceChangesService {
  constructor(
    private readonly service: NamespacesService,
    private readonly namespaces: NamespacesRepository,
    private readonly places: NamespacePlaces,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** What would be wrong about the name; null: it could be made. */
  async problemOf(name: string): Promise<string | null> {
    if (!isNamespaceName(name)) return BAD_NAME;
    const registryId = await this.places.registryId(undefined);
    return (await this.namespaces.isTaken(registryId, name)) ? 'has already been taken' : null;
  }

  /** A private namespace of the team, for who may push there. */
  async create(person: Person, by: By, input: NewNamespace): Promise<SeenNamespace> {
    if (!isNamespaceName(input.name)) throw new InvalidError({ name: [BAD_NAME] });
    const team = await this.places.team(person, input.team);
    this.require(person, 'namespace.create', team);
    const registryId = await this.places.registryId(input.registry_id ?? undefined);
    const description = input.description ?? '';
    const id = await uniqueOr422(UNIQUE, () =>
      this.database.transaction(async (sql) => {
        const made = await this.namespaces.create({ registryId, name: input.name, teamId: team.id, description }, sql);
        await this.tell(
          by,
          'namespace.create',
          { id: made, name: input.name, teamId: team.id },
          { team: team.name },
          sql,
        );
        return made;
      }),
    );
    return this.service.get(person, id);
  }

  /** Each field by its own rule; all of them or none. */
  async update(person: Person, by: By, id: number, changes: NamespaceChanges): Promise<SeenNamespace> {
    const row = await this.service.get(person, id);
    refuseRename(row, changes.name);
    const facts: TeamFacts = { role: row.role, hidden: row.teamHidden };
    const visibility = changes.visibility ?? row.visibility;
    const description = changes.description ?? row.description;
    const team = await this.newTeam(person, row, changes.team);
    if (visibility !== row.visibility) this.require(person, 'namespace.change-visibility', facts);
    if (description !== row.description || team !== null) this.require(person, 'namespace.update', facts);
    if (row.kind === 'global' && visibility === 'private') {
      throw new InvalidError({ visibility: ['of the global namespace can not be private'] });
    }
    const next = { visibility, description, teamId: team?.id ?? row.teamId };
    await this.database.transaction(async (sql) => {
      await this.namespaces.update(id, next, sql);
      await this.tellChanges(by, row, next, team, sql);
    });
    return this.service.get(person, id);
  }

  private async newTeam(person: Person, row: NamespaceRow, name: string | undefined): Promise<TeamRow | null> {
    if (name === undefined || name === row.teamName) return null;
    if (row.kind !== 'team') throw new InvalidError({ team: [`of a ${row.kind} namespace can not be changed`] });
    const team = await this.places.team(person, name);
    if (team.id === row.teamId) return null;
    this.require(person, 'namespace.create', team);
    return team;
  }

  private require(person: Person, operation: Operation, team: TeamFacts): void {
    if (decideOperation(person, operation, team, manageOptions(this.settings)).allow) return;
    throw new AppError('forbidden', 'Authorization fails');
  }

  private async tellChanges(
    by: By,
    row: NamespaceRow,
    next: Pick<NamespaceRow, 'visibility' | 'description' | 'teamId'>,
    team: TeamRow | null,
    sql: Sql,
  ): Promise<void> {
    const changed = (field: 'visibility' | 'description') => ({
      before: { [field]: row[field] },
      after: { [field]: next[field] },
    });
    if (next.visibility !== row.visibility) {
      await this.tell(by, 'namespace.change_visibility', row, changed('visibility'), sql);
    }
    if (next.description !== row.description) {
      await this.tell(by, 'namespace.change_namespace_description', row, changed('description'), sql);
    }
    if (team === null) return;
    const details = { before: { team: row.teamName }, after: { team: team.name } };
    await this.tell(by, 'namespace.change_team', { ...row, teamId: team.id }, details, sql);
  }

  private async tell(
    by: By,
    key: NewActivity['key'],
    { id, name, teamId }: Pick<NamespaceRow, 'id' | 'name' | 'teamId'>,
    details: Record<string, unknown>,
    sql: Sql,
  ): Promise<void> {
    const about = { subjectType: 'namespace', subjectId: id, subjectName: name, teamId, namespaceId: id } as const;
    await this.activities.record(by, { key, ...about, details }, sql);
  }
}

/** Images stay under the old path at the registry, and the next to take it would own them. */
function refuseRename(row: NamespaceRow, name: string | undefined): void {
  const current = row.kind === 'global' ? row.registryHostname : row.name;
  if (name === undefined || name === current || name === row.name) return;
  throw new InvalidError({ name: ['can not be changed: the images would stay under the old path at the registry'] });
}
