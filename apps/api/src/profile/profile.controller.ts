import { Body, Controller, Get, HttpCode, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SignedIn } from '#identity/web-sessions.js';
import type { By } from '#persistence/activities.repository.js';
import { CurrentSession, CurrentUser, type Person } from '../http/access.js';
import { VersionOf } from '../http/versioned.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { userView, viewUser } from '../users/users.dto.js';
import { type PasswordChange, passwordChange, type ProfileChanges, profileChanges } from './profile.dto.js';
import { ProfileService } from './profile.service.js';

/** What people see and change of themselves. */
@ApiTags('profile')
@Controller('api/v1/profile')
export class ProfileController {
  constructor(private readonly profile: ProfileService) {}

  @Get()
  @VersionOf('users', 'me')
  @Answers(userView)
  async get(@CurrentUser() person: Person) {
    return viewUser(await this.profile.get(person));
  }

  /** Another e-mail address needs `current_password`. */
  @Put()
  @VersionOf('users', 'me')
  @Answers(userView, { also: [422, 429] })
  async update(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Body({ schema: profileChanges }) body: ProfileChanges,
  ) {
    return viewUser(await this.profile.update(person, by, body));
  }

  /** Needs the present password; ends all other sessions, and the logins that clients keep. */
  @Put('password')
  @AnswersNothing([422])
  @HttpCode(204)
  async changePassword(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @CurrentSession() session: SignedIn | null,
    @Body({ schema: passwordChange }) body: PasswordChange,
  ): Promise<void> {
    await this.profile.changePassword(person, by, session, body);
  }
}
