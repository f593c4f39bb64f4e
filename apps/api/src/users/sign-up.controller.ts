import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Public } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { ApplicationTokensService } from './application-tokens.service.js';
import { bootstrapView, signInOptionsView, type SignInOptions, signUpBody, type SignUpBody } from './sign-up.dto.js';
import { SignUpService } from './sign-up.service.js';
import { userView, viewUser } from './users.dto.js';

/** How people come to an account by themselves. */
@ApiTags('users')
@Controller('api/v1')
export class SignUpController {
  constructor(
    private readonly service: SignUpService,
    private readonly tokens: ApplicationTokensService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The first administrator, with an application token; only while there are no users. */
  @Post('users/bootstrap')
  @Answers(bootstrapView, { status: 201, also: [405, 422, 429] })
  @Public()
  @HttpCode(201)
  async bootstrap(@CalledBy() by: By, @Body({ schema: signUpBody }) body: SignUpBody) {
    let made: { id: number; plain: string } | undefined;
    await this.service.bootstrap(by, body, async (sql, self, id) => {
      made = await this.tokens.createFirst(self, { id, username: body.user.username }, sql);
    });
    return { id: made!.id, application: 'bootstrap', plain_token: made!.plain };
  }

  @Post('users/sign_up')
  @Answers(userView, { status: 201, also: [405, 422, 429] })
  @Public()
  @HttpCode(201)
  async signUp(@CalledBy() by: By, @Body({ schema: signUpBody }) body: SignUpBody) {
    return viewUser(await this.service.signUp(by, body));
  }

  /** What the page for signing in offers; for everybody. */
  @Get('session/options')
  @Answers(signInOptionsView)
  @Public()
  async options(): Promise<SignInOptions> {
    const { signUp, firstUserAdmin, firstUserAdminSecret, anonymousBrowsing, anonymousAccess } = this.settings;
    const site = await this.service.site();
    const first = firstUserAdmin && !site.anybody;
    return {
      sign_up: signUp,
      first_user: first && site.claim === 'open',
      first_user_secret: first && firstUserAdminSecret !== null,
      password_reset: this.settings.smtpEnabled,
      explore: anonymousBrowsing && anonymousAccess,
    };
  }
}
