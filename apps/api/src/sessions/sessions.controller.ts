import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '#domain/errors/app-error.js';
import { csrfTokenOf, sessionCookie } from '#identity/session-token.js';
import type { Session } from '#domain/user/session.entity.js';
import type { SignedIn } from '#identity/web-sessions.js';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentSession, CurrentUser, type Person, Public } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { pageOfAll } from '../http/list-page.js';
import { pageQuery, type PageQuery } from '../http/list-query.js';
import { viewUser } from '../users/users.dto.js';
import { sessionView, signedInView, type SignIn, signIn, viewSession } from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

/** Signing in and out with a browser. */
@ApiTags('sessions')
@Controller('api/v1')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Begins a session: sets the cookie, and answers who it is and the token against forged requests. */
  @Post('session')
  @Answers(signedInView, { status: 201, also: [401] })
  @Public()
  @HttpCode(201)
  async signIn(
    @CalledBy() by: By,
    @Body({ schema: signIn }) body: SignIn,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { user, token } = await this.sessions.signIn(by, body, request.headers['user-agent'] ?? '');
    setCookie(request, reply, token);
    return { user: viewUser(user), csrf_token: csrfTokenOf(token) };
  }

  /** Who calls; with a session also the token against forged requests. */
  @Get('session')
  @Answers(signedInView)
  async current(@CurrentUser() person: Person, @CurrentSession() session: SignedIn | null) {
    const user = viewUser(await this.sessions.userOf(person));
    return { user, csrf_token: session === null ? null : csrfTokenOf(session.token) };
  }

  /** Signs out. */
  @Delete('session')
  @AnswersNothing([404])
  @HttpCode(204)
  async signOut(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @CurrentSession() session: SignedIn | null,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (session === null) throw new AppError('not_found', 'Not found');
    await this.sessions.end(person, by, session.sessionId);
    setCookie(request, reply, null);
  }

  /** The caller's own sessions, newest first. */
  @Get('sessions')
  @Answers(z.array(sessionView))
  async list(
    @CurrentUser() person: Person,
    @CurrentSession() session: SignedIn | null,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    const view = (one: Session) => viewSession(one, one.id === session?.sessionId);
    return pageOfAll(query, this.settings.perPage, await this.sessions.list(person), view, 'desc');
  }

  @Delete('sessions/:id')
  @AnswersNothing([404])
  @HttpCode(204)
  async end(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
  ): Promise<void> {
    await this.sessions.end(person, by, id);
  }
}

/** Without a date of its own: the browser forgets it at the latest when it is closed, the database decides. */
function setCookie(request: FastifyRequest, reply: FastifyReply, token: string | null): void {
  const secure = request.protocol === 'https';
  const ended = token === null ? '; Max-Age=0' : '';
  reply.header(
    'Set-Cookie',
    `${sessionCookie(secure)}=${token ?? ''}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${ended}`,
  );
}
