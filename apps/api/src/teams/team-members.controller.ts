import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { TeamMembersService } from './team-members.service.js';
import { type MemberChanges, memberChanges, memberView, type NewMember, newMember, viewMember } from './teams.dto.js';

@ApiTags('teams')
@Controller('api/v1/teams/:id/members')
export class TeamMembersController {
  constructor(private readonly members: TeamMembersService) {}

  @Get()
  @Answers(z.array(memberView), { also: [404] })
  async list(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return (await this.members.list(person, id)).map(viewMember);
  }

  @Post()
  @Answers(memberView, { status: 201, also: [404, 422] })
  @HttpCode(201)
  async add(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: newMember }) body: NewMember,
  ) {
    return viewMember(await this.members.add(person, by, id, body));
  }

  @Put(':member_id')
  @Answers(memberView, { also: [404, 422] })
  async change(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Param('member_id', { schema: idParam }) memberId: number,
    @Body({ schema: memberChanges }) body: MemberChanges,
  ) {
    return viewMember(await this.members.setRole(person, by, id, memberId, body.role));
  }

  @Delete(':member_id')
  @AnswersNothing([404, 422])
  @HttpCode(204)
  async remove(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Param('member_id', { schema: idParam }) memberId: number,
  ): Promise<void> {
    await this.members.remove(person, by, id, memberId);
  }
}
