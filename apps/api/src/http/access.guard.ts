import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '#domain/errors/app-error.js';
import { mayCall, type Operation } from '#domain/policy/token-limits.js';
import { parseBasicAuth, parsePortusAuth } from '#identity/basic-auth.js';
import { Identity } from '#identity/identity.js';
import { orTooMany } from './password-errors.js';
import { type Access, ACCESS, type AuthenticatedRequest, DECIDED, type Person } from './access.js';

/** Establishes who calls: `Portus-Auth: user:application-token`, or HTTP Basic with a password or such a token. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identity: Identity,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access =
      this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()]) ??
      'user';
    if (access === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
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
    if (credentials === null) return null;
    return orTooMany(() => this.identity.authenticate(credentials, request.ip, own === null));
  }
}
