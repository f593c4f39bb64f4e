import { Inject, Injectable } from '@nestjs/common';
import { isApplicationToken } from '#identity/application-token.js';
import { hashRefreshToken, newRefreshToken } from '#identity/refresh-token.js';
import { RefreshTokensRepository } from '#persistence/refresh-tokens.repository.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import type { LoadedFacts } from './token-facts.service.js';
import type { TokenRequestFacts } from './token-request.js';

/** A use is written down at most this often for one token, milliseconds: idle days are counted from it. */
const NOTE_EVERY_MS = 3_600_000;
const MAX_NOTED = 10_000;

/** Issues refresh tokens at logins, and notes their use. */
@Injectable()
export class RefreshTokensService {
  private readonly noted = new Map<string, number>();

  constructor(
    private readonly tokens: RefreshTokensRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * A refresh token for a client that asked for one and whose user has shown a password; otherwise null. An application
   * token is revocable by itself already, and the service account keeps to its password. Without the database there is
   * none: the client then keeps the password, as if it were not offered.
   */
  async afterLogin(request: TokenRequestFacts, facts: LoadedFacts): Promise<string | null> {
    if (request.refreshToken !== null) this.noteUse(request.refreshToken, request.requestId);
    const { credentials, service, clientId, requestId } = request;
    const { user } = facts;
    const entitled =
      credentials !== null && user !== null && !user.service && !isApplicationToken(credentials.password);
    if (!request.offline || !entitled || facts.stale) return null;
    const token = newRefreshToken();
    const { id: userId, credentialVersion } = user;
    const row = { userId, credentialVersion, service, clientId, tokenHash: hashRefreshToken(token) };
    return this.tokens.create(row).then(
      () => token,
      (error: Error) => {
        this.logger.warn({ requestId, error: error.message }, 'a login got no refresh token');
        return null;
      },
    );
  }

  private noteUse(token: string, requestId: string): void {
    const hash = hashRefreshToken(token);
    const key = hash.toString('base64');
    if ((this.noted.get(key) ?? 0) > Date.now() - NOTE_EVERY_MS) return;
    if (this.noted.size >= MAX_NOTED) this.noted.clear();
    this.noted.set(key, Date.now());
    this.tokens
      .noteUse(hash)
      .catch((error: Error) => this.logger.warn({ requestId, error: error.message }, 'a use was not noted'));
  }
}
