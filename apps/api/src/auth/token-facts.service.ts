import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { isRepositoryScope } from '#domain/naming/scope.js';
import { namespaceOf } from '#domain/policy/grant.js';
import { hashApplicationToken, isApplicationToken } from '#identity/application-token.js';
import { networkOf } from '#identity/network-of.js';
import { hashRefreshToken } from '#identity/refresh-token.js';
import { isAboutValue, isSilence } from '#persistence/connection-errors.js';
import { Database } from '#persistence/database.js';
import { type Lookup, type TokenFacts, TokenFactsRepository } from '#persistence/token-facts.repository.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { ConfirmedFacts } from './confirmed-facts.js';
import { FactSource } from './fact-source.js';
import type { TokenRequestFacts } from './token-request.js';
import { type ToldBy, watchFacts } from './watch-facts.js';

/** While the database is silent one request asks it in this time, milliseconds: who asks waits for the whole time limit. */
const PAUSE_MS = 1_000;
/** Whoever asks how things are gets an answer of at most this age, milliseconds. */
const LOOK_MS = 1_000;

export interface LoadedFacts extends TokenFacts {
  /** True when the database could not confirm them; they are not older than the grace. */
  stale: boolean;
  /** Keeps them for the time in which the database is away; to be called once it is known that it is the user who asks. */
  keep(): void;
}

const nothing = (): void => undefined;

/** Loads what a token decision needs: from the database, and while that is away from what it confirmed before. */
@Injectable()
export class TokenFactsService {
  private readonly confirmed: ConfirmedFacts;
  private readonly toldBy: ToldBy;
  private silent = false;
  private pausedUntil = 0;
  /** For those who tell people about it; {@link look} brings it up to date also when nobody asks for tokens. */
  readonly source: FactSource;
  readonly look: () => Promise<void>;

  constructor(
    private readonly repository: TokenFactsRepository,
    private readonly database: Database,
    metrics: Metrics,
    @Inject(SETTINGS) settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.confirmed = new ConfirmedFacts(settings.tokenGrace * 1000);
    this.source = new FactSource(settings.tokenGrace * 1000);
    const looked = new SharedResult(LOOK_MS, () => this.askDatabase());
    this.look = () => looked.get();
    this.toldBy = watchFacts(metrics, this.source, this.look);
  }

  /** Throws AppError `unavailable` when neither knows. */
  async load(request: TokenRequestFacts): Promise<LoadedFacts> {
    const who = lookupOf(request);
    const namespaces = namespacesOf(request);
    const hash = who.by === 'name' ? '' : who.hash.toString('base64');
    const key = JSON.stringify([request.service, who.by === 'refresh-token' ? '' : who.username, hash]);
    if (this.silent) {
      const known = this.isMyTurn() ? null : this.recall(key, namespaces);
      if (known !== null) return known;
    }
    const asked = Date.now();
    try {
      const facts = await this.repository.find(request.service, who, namespaces);
      this.silent = false;
      if (this.source.confirmed())
        this.logger.info({ requestId: request.requestId }, 'the database confirms facts for tokens again');
      this.confirmed.correct(key, namespaces, facts, asked);
      this.toldBy.database.inc();
      return { ...facts, stale: false, keep: () => this.confirmed.remember(key, namespaces, facts, asked) };
    } catch (error) {
      // One bad request must not make the database look as if it were away, for everybody.
      if (isAboutValue(error)) throw new AppError('bad_request', 'this can not be looked up', { cause: error });
      this.noteFailure(error as Error, request.requestId);
      const known = this.recall(key, namespaces);
      if (known !== null) return known;
      this.toldBy.nobody.inc();
      const options = { cause: error, retryable: true, level: 'error' } as const;
      throw new AppError('unavailable', 'the database can not be reached', options);
    }
  }

  /** One line in the log, however many ask. */
  private noteFailure(error: Error, requestId: string): void {
    this.silent = isSilence(error);
    this.source.failed();
    const now = Date.now();
    if (now >= this.pausedUntil) {
      this.logger.warn({ requestId, error: error.message }, 'the database confirms no facts for tokens');
    }
    this.pausedUntil = now + PAUSE_MS;
  }

  private isMyTurn(): boolean {
    const now = Date.now();
    if (now < this.pausedUntil) return false;
    this.pausedUntil = now + PAUSE_MS;
    return true;
  }

  private async askDatabase(): Promise<void> {
    if (await this.database.answers()) this.source.reachable();
    else this.source.failed();
  }

  private recall(key: string, namespaces: readonly string[]): LoadedFacts | null {
    const known = this.confirmed.recall(key, namespaces);
    if (known === null) return null;
    this.toldBy.memory.inc();
    return { ...known, stale: true, keep: nothing };
  }
}

function lookupOf({ credentials, refreshToken, address }: TokenRequestFacts): Lookup {
  if (refreshToken !== null) return { by: 'refresh-token', hash: hashRefreshToken(refreshToken) };
  const { username, password } = credentials ?? { username: '', password: '' };
  if (isApplicationToken(password)) return { by: 'application-token', username, hash: hashApplicationToken(password) };
  return { by: 'name', username, source: networkOf(address) };
}

function namespacesOf(request: TokenRequestFacts): string[] {
  return [...new Set(request.scopes.filter(isRepositoryScope).map((scope) => namespaceOf(scope.name)))];
}
