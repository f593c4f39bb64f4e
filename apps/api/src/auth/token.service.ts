import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { isRepositoryScope, type Scope } from '#domain/naming/scope.js';
import { splitRepositoryName } from '#domain/naming/repository-name.js';
import type { Actor } from '#domain/policy/facts.js';
import { grantScopes } from '#domain/policy/grant.js';
import { hashApplicationToken, isApplicationToken } from '#identity/application-token.js';
import { parseBasicAuth } from '#identity/basic-auth.js';
import { Identity } from '#identity/identity.js';
import { type TokenFacts, TokenFactsRepository, type UserFacts } from '#persistence/token-facts.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { type SignedToken, TokenSigner } from '#tokens/token-signer.js';
import { orTooMany } from '../http/password-errors.js';
import { policyOptions } from '../http/policy-options.js';
import type { TokenRequestFacts } from './token-request.js';

export interface IssuedToken extends SignedToken {
  /** What was granted, in the grammar of scopes. */
  scope: string;
}

/** Answers requests for registry tokens: who, facts, decision, signature. */
@Injectable()
export class TokenService {
  constructor(
    private readonly facts: TokenFactsRepository,
    private readonly identity: Identity,
    private readonly signer: TokenSigner,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Issues a token with the part of the asked scopes that is allowed, which may be nothing. Throws AppError:
   * bad_request (unknown service), unauthenticated, too_many_requests, unavailable (no database).
   */
  async issue(request: TokenRequestFacts): Promise<IssuedToken> {
    const facts = await this.load(request);
    if (facts.registryId === null) {
      this.logger.warn({ service: request.service }, 'a token was asked for an unknown service');
      throw new AppError('bad_request', `service ${JSON.stringify(request.service.slice(0, 100))} is not known here`);
    }
    const actor = await this.authenticate(request, facts.user);
    const result = grantScopes(
      actor,
      request.scopes,
      (repository) => facts.namespaces.get(namespaceOf(repository)) ?? null,
      policyOptions(this.settings),
    );
    for (const { scope, action, reason } of result.refused) {
      this.logger.debug({ user: subjectOf(actor), name: scope.name.slice(0, 255), action, reason }, 'refused');
    }
    const signed = await this.signer.sign({
      subject: subjectOf(actor),
      audience: request.service,
      access: result.granted,
      lifetime: this.settings.tokenLifetime * 60,
      now: Date.now(),
    });
    const scope = result.granted.map((grant) => `${grant.type}:${grant.name}:${grant.actions.join(',')}`).join(' ');
    return { ...signed, scope };
  }

  /** What `GET /v2/` of Portus tells: throws unless the header names a user who may sign in. */
  async requireSignedIn(authorization: string | undefined, address: string): Promise<void> {
    const credentials = parseBasicAuth(authorization);
    const user = credentials && (await orTooMany(() => this.identity.authenticate(credentials, address, true)));
    if (user === null || user.disabled || user.locked) throw new AppError('unauthenticated', 'authentication required');
  }

  private async load(request: TokenRequestFacts): Promise<TokenFacts> {
    const secret = request.credentials?.password ?? '';
    const tokenHash = isApplicationToken(secret) ? hashApplicationToken(secret) : null;
    try {
      return await this.facts.find(
        request.service,
        request.credentials?.username ?? '',
        namespacesOf(request.scopes),
        tokenHash,
      );
    } catch (error) {
      throw new AppError('unavailable', 'the database can not be reached', {
        cause: error,
        retryable: true,
        level: 'error',
      });
    }
  }

  private async authenticate({ credentials, address }: TokenRequestFacts, user: UserFacts | null): Promise<Actor> {
    if (credentials === null) return { kind: 'anonymous' };
    // A user that was found by the hash of an application token has thereby shown it.
    const shown = isApplicationToken(credentials.password)
      ? user !== null
      : await orTooMany(() => this.identity.isPasswordOf(user, credentials, address));
    if (!shown || user === null) throw new AppError('unauthenticated', 'invalid username or password');
    if (!user.enabled) throw new AppError('unauthenticated', 'this user is disabled');
    if (user.locked) throw new AppError('unauthenticated', 'this user is locked');
    if (user.service) return { kind: 'service' };
    const { id, username, admin, bot } = user;
    return { kind: 'user', userId: id, username, admin, bot, disabled: false, locked: false };
  }
}

function namespaceOf(repository: string): string {
  return splitRepositoryName(repository).namespace ?? '';
}

function namespacesOf(scopes: readonly Scope[]): string[] {
  return [...new Set(scopes.filter(isRepositoryScope).map((scope) => namespaceOf(scope.name)))];
}

function subjectOf(actor: Actor): string {
  if (actor.kind === 'anonymous') return '';
  return actor.kind === 'service' ? 'portus' : actor.username;
}
