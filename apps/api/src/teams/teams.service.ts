import { Inject, Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { decideOperation, type Operation } from '#domain/policy/manage.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import type { Listed, TEAM_SORTS } from '#persistence/listing.js';
import { type TeamRow, TeamsRepository } from '#persistence/teams.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import type { Paging } from '../http/list-query.js';
import { manageOptions } from '../http/policy-options.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import { viewerOf } from '../http/viewer.js';
import type { NewTeam, TeamChanges } from './teams.dto.js';

const UNIQUE = { teams_name_key: 'name' };
const NO_TEAM = { role: null, hidden: false };

@Injectable()
export class TeamsService {
  constructor(
    private readonly teams: TeamsRepository,
    private readonly users: UsersRepository,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async list(person: Person, paging: Paging<(typeof TEAM_SORTS)[number]>): Promise<Listed<TeamRow>> {
    return this.teams.page(viewerOf(person), paging);
  }

  /** Members and administrators; for everybody else there is no such team. */
  async get(person: Person, id: number): Promise<TeamRow> {
    const team = await this.teams.find(viewerOf(person), id);
    if (team === null || !this.may(person, 'team.see', team)) throw new AppError('not_found', 'Not found');
    return team;
  }

  may(person: Person, operation: Operation, team: Pick<TeamRow, 'role' | 'hidden'>): boolean {
    return decideOperation(person, operation, team, manageOptions(this.settings)).allow;
  }

  /** Throws 404 where the team is a secret, 403 where it is not and the policy refuses. */
  async require(person: Person, operation: Operation, id: number): Promise<TeamRow> {
    const team = await this.get(person, id);
    if (!this.may(person, operation, team)) throw new AppError('forbidden', 'Authorization fails');
    return team;
  }

  /** The maker becomes its owner; administrators may name somebody else. */
  async create(person: Person, by: By, input: NewTeam): Promise<TeamRow> {
    if (!this.may(person, 'team.create', NO_TEAM)) throw new AppError('forbidden', 'Authorization fails');
    const ownerId = input.owner_id ?? person.userId;
    if (ownerId !== person.userId) await this.requireOwner(person, ownerId);
    const id = await uniqueOr422(UNIQUE, () =>
      this.database.transaction(async (sql) => {
        const made = await this.teams.create(input.name, input.description ?? '', ownerId, sql);
        const details = { owner_id: ownerId };
        await this.activities.record(by, { key: 'team.create', ...subject(made, input.name), details }, sql);
        return made;
      }),
    );
    return this.get({ ...person, admin: true }, id);
  }

  private async requireOwner(person: Person, ownerId: number): Promise<void> {
    if (!person.admin) throw new AppError('forbidden', 'Authorization fails');
    const owner = await this.users.find(ownerId);
    if (owner === null || owner.service) throw new AppError('not_found', 'Not found');
  }

  async update(person: Person, by: By, id: number, changes: TeamChanges): Promise<TeamRow> {
    const team = await this.require(person, 'team.update', id);
    const next = { name: changes.name ?? team.name, description: changes.description ?? team.description };
    await uniqueOr422(UNIQUE, () =>
      this.database.transaction(async (sql) => {
        await this.teams.update(id, next, sql);
        for (const [field, key] of CHANGE_KEYS) {
          if (team[field] === next[field]) continue;
          const details = { before: { [field]: team[field] }, after: { [field]: next[field] } };
          await this.activities.record(by, { key, ...subject(id, next.name), details }, sql);
        }
      }),
    );
    return this.get(person, id);
  }

  /**
   * Hands the namespaces to another team, or deletes them where they are empty.
   *
   * @returns the team, when its namespaces hold something that has to be deleted at registries first; nothing was done then
   */
  async delete(person: Person, by: By, id: number, newTeam: string | undefined): Promise<TeamRow | null> {
    const team = await this.require(person, 'team.delete', id);
    const heir = newTeam === undefined ? null : await this.heirOf(person, team, newTeam);
    return this.database.transaction(async (sql) => {
      if (!(await this.teams.lock(id, sql))) throw new AppError('not_found', 'Not found');
      const key = heir === null ? ('team.delete' as const) : ('team.migration' as const);
      const details: Record<string, unknown> = {};
      if (heir !== null) {
        details['new_team'] = heir.name;
        details['namespaces'] = await this.teams.moveNamespaces(id, heir.id, sql);
      } else if (!(await this.teams.deleteEmptyNamespaces(id, sql))) return team;
      await this.activities.record(by, { key, ...subject(id, team.name), details }, sql);
      await this.teams.delete(id, sql);
      return null;
    });
  }

  private async heirOf(person: Person, team: TeamRow, name: string): Promise<TeamRow> {
    const heir = await this.teams.findByName(viewerOf(person), name);
    if (heir === null || heir.hidden || !this.may(person, 'team.see', heir)) {
      throw new AppError('not_found', 'Not found');
    }
    if (heir.id === team.id) throw new InvalidError({ new_team: ['is the team itself'] });
    if (!this.may(person, 'namespace.create', heir)) throw new AppError('forbidden', 'Authorization fails');
    return heir;
  }
}

const CHANGE_KEYS = [
  ['name', 'team.change_team_name'],
  ['description', 'team.change_team_description'],
] as const;

function subject(id: number, name: string) {
  return { subjectType: 'team', subjectId: id, subjectName: name, teamId: id } as const;
}
