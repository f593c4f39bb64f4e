import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { Role } from '#domain/policy/facts.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { Database, type Sql } from '#persistence/database.js';
import type { Listed, Page } from '#persistence/listing.js';
import { type MemberRow, TeamMembersRepository } from '#persistence/team-members.repository.js';
import { type TeamRow, TeamsRepository } from '#persistence/teams.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Person } from '../http/access.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import type { NewMember } from './teams.dto.js';
import { TeamsService } from './teams.service.js';

const UNIQUE = { team_users_team_user_key: 'user' };

@Injectable()
export class TeamMembersService {
  constructor(
    private readonly service: TeamsService,
    private readonly teams: TeamsRepository,
    private readonly members: TeamMembersRepository,
    private readonly users: UsersRepository,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
  ) {}

  async list(person: Person, teamId: number, page: Page<'id'>): Promise<Listed<MemberRow>> {
    await this.service.get(person, teamId);
    return this.members.ofTeam(teamId, page);
  }

  /** An administrator of Portus becomes owner, whatever was asked for. */
  async add(person: Person, by: By, teamId: number, input: NewMember): Promise<MemberRow> {
    const team = await this.service.require(person, 'team.change-members', teamId);
    const user = await this.users.findByName(input.user);
    if (user === null || user.service) throw new AppError('not_found', 'Not found');
    const role = user.admin ? 'owner' : input.role;
    const id = await uniqueOr422(UNIQUE, () =>
      this.locked(teamId, async (sql) => {
        const made = await this.members.add(teamId, user.id, role, sql);
        await this.tell('team.add_member', by, team, { user: user.username, role }, sql);
        return made;
      }),
    );
    return (await this.members.find(teamId, id))!;
  }

  async setRole(person: Person, by: By, teamId: number, id: number, role: Role): Promise<MemberRow> {
    const team = await this.service.require(person, 'team.change-members', teamId);
    await this.locked(teamId, async (sql) => {
      const member = await this.memberOf(teamId, id, sql);
      if (role === member.role) return;
      if (member.admin) throw new InvalidError({ role: ['an administrator of Portus is always owner'] });
      await this.requireOtherOwner(member, sql);
      await this.members.setRole(id, role, sql);
      const details = { user: member.username, before: { role: member.role }, after: { role } };
      await this.tell('team.change_member_role', by, team, details, sql);
    });
    return (await this.members.find(teamId, id)) ?? notFound();
  }

  async remove(person: Person, by: By, teamId: number, id: number): Promise<void> {
    const team = await this.service.require(person, 'team.change-members', teamId);
    await this.locked(teamId, async (sql) => {
      const member = await this.memberOf(teamId, id, sql);
      await this.requireOtherOwner(member, sql);
      await this.members.remove(id, sql);
      await this.tell('team.remove_member', by, team, { user: member.username, role: member.role }, sql);
    });
  }

  /** Changes of one team's members stand in line: two owners can not remove each other at the same time. */
  private async locked<T>(teamId: number, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.database.transaction(async (sql) => {
      if (!(await this.teams.lock(teamId, sql))) notFound();
      return work(sql);
    });
  }

  private async memberOf(teamId: number, id: number, sql: Sql): Promise<MemberRow> {
    return (await this.members.find(teamId, id, sql)) ?? notFound();
  }

  private async requireOtherOwner(member: MemberRow, sql: Sql): Promise<void> {
    if (member.role !== 'owner' || (await this.members.otherOwners(member.teamId, member.id, sql)) > 0) return;
    throw new InvalidError({ role: ['is that of the last owner: the team needs one'] });
  }

  private async tell(
    key: 'team.add_member' | 'team.change_member_role' | 'team.remove_member',
    by: By,
    team: TeamRow,
    details: Record<string, unknown>,
    sql: Sql,
  ): Promise<void> {
    const { id, name } = team;
    const about = { subjectType: 'team', subjectId: id, subjectName: name, teamId: id } as const;
    await this.activities.record(by, { key, ...about, details }, sql);
  }
}

function notFound(): never {
  throw new AppError('not_found', 'Not found');
}
