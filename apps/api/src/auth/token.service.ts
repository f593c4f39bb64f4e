import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { Actor } from '#domain/policy/facts.js';
import { grantScopes, namespaceOf } from '#domain/policy/grant.js';
import { isApplicationToken } from '#identity/application-token.js';
import { type Credentials, parseBasicAuth } from '#identity/basic-auth.js';
import { Identity } from '#identity/identity.js';
import type { UserFacts } from '#persistence/token-facts.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { type SignedToken, TokenSigner } from '#tokens/token-signer.js';
import { orTooMany } from '../http/password-errors.js';
import { policyOptions } from '../http/policy-options.js';
import { actorOf } from './actor-of.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { type LoadedFacts, TokenFactsService } from './token-facts.service.js';
import { lifetimeOf } from './token-lifetime.js';
import { subjectOf, TokenRecord } from './token-record.js';
import type { TokenRequestFacts } from './token-request.js';

export interface IssuedToken extends SignedToken {
  /** What was granted, in the grammar of scopes. */
  scope: string;
  /** Only when it was asked for, and the user has shown a password. */
  refreshToken: string | null;
}

/** Answers requests for registry tokens: who, facts, decision, signature. */
@Injectable()
export class TokenService {
  constructor(
    private readonly facts: TokenFactsService,
    private readonly identity: Identity,
    private readonly refreshTokens: RefreshTokensService,
    private readonly signer: TokenSigner,
    private readonly record: TokenRecord,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Issues a token with the part of the asked scopes that is allowed, which may be nothing. Throws AppError:
   * bad_request (unknown service), unauthenticated, too_many_requests, unavailable (no database).
   */
  async issue(request: TokenRequestFacts): Promise<IssuedToken> {
    const facts = await this.facts.load(request);
    if (facts.registryId === null) {
      this.record.unknownService(request);
      throw new AppError('bad_request', `service ${JSON.stringify(request.service.slice(0, 100))} is not known here`);
    }
    if (facts.stale) requirePullOnly(request);
    const actor = await this.authenticate(request, facts);
    facts.keep();
    const result = grantScopes(
      actor,
      request.scopes,
      (repository) => facts.namespaces.get(namespaceOf(repository)) ?? null,
      policyOptions(this.settings),
    );
    this.record.decided(request, facts.registryId, actor, result);
    const signed = await this.signer.sign({
      subject: subjectOf(actor),
      audience: request.service,
      access: result.granted,
      lifetime: lifetimeOf(result.granted, this.settings),
      now: Date.now(),
    });
    const scope = result.granted.map((grant) => `${grant.type}:${grant.name}:${grant.actions.join(',')}`).join(' ');
    return { ...signed, scope, refreshToken: await this.refreshTokens.afterLogin(request, facts) };
  }

  /** What `GET /v2/` of Portus tells: throws unless the header names a user who may sign in. */
  async requireSignedIn(authorization: string | undefined, address: string): Promise<void> {
    const credentials = parseBasicAuth(authorization);
    const user = credentials && (await orTooMany(() => this.identity.authenticate(credentials, address, true)));
    if (user === null || user.disabled || user.locked) throw new AppError('unauthenticated', 'authentication required');
  }

  private async authenticate(request: TokenRequestFacts, facts: LoadedFacts): Promise<Actor> {
    const { user, token } = facts;
    if (request.credentials === null && request.refreshToken === null) return { kind: 'anonymous' };
    if (!(await this.hasShown(request, facts)) || user === null) {
      throw new AppError('unauthenticated', request.refreshToken ? 'log in again' : 'invalid username or password');
    }
    if (!user.enabled) throw new AppError('unauthenticated', 'this user is disabled');
    if (user.locked) throw new AppError('unauthenticated', 'this user is locked');
    if (token !== null) this.identity.noteUse(token.id, request.address);
    return actorOf(user, token, Date.now());
  }

  /** Whether the request shows that it comes from the user of the facts. */
  private async hasShown({ credentials, address }: TokenRequestFacts, facts: LoadedFacts): Promise<boolean> {
    // A user that was found by the hash of a token has thereby shown it.
    if (credentials === null || isApplicationToken(credentials.password)) return facts.user !== null;
    // Without the database wrong passwords can not be counted: only those that were right a while ago are believed.
    if (facts.stale) return orTooMany(async () => this.requireWarm(facts.user, credentials, address));
    return orTooMany(() => this.identity.isPasswordOf(facts.user, credentials, address, facts.doubted));
  }

  private requireWarm(user: UserFacts | null, credentials: Credentials, address: string): true {
    if (this.identity.isWarm(user, credentials, address)) return true;
    throw new AppError('unavailable', 'the database can not be reached', { retryable: true });
  }
}

/** What changes a registry needs rights that are confirmed now. */
function requirePullOnly(request: TokenRequestFacts): void {
  const pullOnly = request.scopes.every((scope) => scope.actions.every((action) => action === 'pull'));
  if (!pullOnly)
    throw new AppError('unavailable', 'the database can not be reached; only pulls are served', { retryable: true });
}
