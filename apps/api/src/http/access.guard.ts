import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '#domain/errors/app-error.js';
import { mayCall, type Operation } from '#domain/policy/token-limits.js';
import { parseBasicAuth, parsePortusAuth } from '#identity/basic-auth.js';
import { Identity } from '#identity/identity.js';
import { isCsrfTokenOf } from '#identity/session-token.js';
import { WebSessions } from '#identity/web-sessions.js';
import { orTooMany } from './password-errors.js';
import { type Access, ACCESS, type AuthenticatedRequest, DECIDED, type Person } from './access.js';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Establishes who calls: `Portus-Auth: user:application-token`, HTTP Basic with a password or such a token, or the
 * cookie of a browser that is signed in.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identity: Identity,
    private readonly sessions: WebSessions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    refuseForeignSites(request);
    const access =
      this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()]) ??
      'user';
    if (access === 'public') return true;
    const person = await this.authenticate(request);
    if (person === null) throw new AppError('unauthenticated', 'Authentication fails');
    if (person.disabled || person.locked) throw new AppError('unauthenticated', 'Authentication fails');
    if (access === 'admin' && !person.admin) throw new AppError('forbidden', 'Authorization fails');
    if (person.token && !mayCall(person.token, this.operation(context, request.method))) {
      throw new AppError('forbidden', 'this application token is restricted and does not go that far');
    }
    request.person = person;
    return true;
  }

  private operation(context: ExecutionContext, method: string): Operation {
    const decided = this.reflector.get<boolean | undefined>(DECIDED, context.getHandler()) ?? false;
    return { changes: method !== 'GET' && method !== 'HEAD', decided };
  }

  private async authenticate(request: AuthenticatedRequest): Promise<Person | null> {
    const portus = request.headers['portus-auth'];
    const own = parsePortusAuth(Array.isArray(portus) ? portus[0] : portus);
    const credentials = own ?? parseBasicAuth(request.headers.authorization);
    if (credentials === null) return this.bySession(request);
    return orTooMany(() => this.identity.authenticate(credentials, request.ip, own === null));
  }

  /** A change needs the token that only a page of ours can read: the browser sends the cookie for other sites too. */
  private async bySession(request: AuthenticatedRequest): Promise<Person | null> {
    const session = await this.sessions.signedIn(request.headers.cookie, request.protocol === 'https');
    if (session === null) return null;
    if (!SAFE.has(request.method) && !isCsrfTokenOf(session.token, request.headers['x-csrf-token'])) {
      throw new AppError('forbidden', 'the header X-CSRF-Token is missing or wrong');
    }
    request.session = session;
    return session.person;
  }
}

/**
 * Browsers send Basic credentials that they remember, and forms that nobody filled in, for pages of other sites too. They
 * also tell whose page it is (Fetch Metadata); programs send no such header.
 */
function refuseForeignSites({ method, headers }: AuthenticatedRequest): void {
  const site = headers['sec-fetch-site'];
  if (SAFE.has(method) || site === undefined || site === 'same-origin' || site === 'none') return;
  throw new AppError('forbidden', 'pages of other sites change nothing here');
}
