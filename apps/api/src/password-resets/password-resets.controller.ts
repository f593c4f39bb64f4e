import { Body, Controller, HttpCode, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { By } from '#persistence/activities.repository.js';
import { Public } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import {
  type PasswordReset,
  passwordReset,
  requestedView,
  type ResetRequest,
  resetRequest,
} from './password-resets.dto.js';
import { PasswordResetsService } from './password-resets.service.js';

/** Forgotten passwords, set anew by who has the mail. */
@ApiTags('sessions')
@Public()
@Controller('api/v1/password_resets')
export class PasswordResetsController {
  constructor(private readonly resets: PasswordResetsService) {}

  /** Sends a mail, if somebody has that address; the answer is always the same. */
  @Post()
  @Answers(requestedView, { status: 202, also: [405, 429] })
  @HttpCode(202)
  async request(@CalledBy() by: By, @Body({ schema: resetRequest }) { email }: ResetRequest) {
    await this.resets.request(by, email);
    return { message: 'if somebody has that address, a mail is on its way' };
  }

  /** Sets the password by what the mail holds, which is good for once. All sessions of the person end. */
  @Put()
  @AnswersNothing([422, 429])
  @HttpCode(204)
  async reset(@CalledBy() by: By, @Body({ schema: passwordReset }) body: PasswordReset): Promise<void> {
    await this.resets.reset(by, body);
  }
}
