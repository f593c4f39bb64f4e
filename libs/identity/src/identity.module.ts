import { type BeforeApplicationShutdown, Global, Module } from '@nestjs/common';
import { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { SessionsRepository } from '#persistence/sessions.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { atMost } from '#platform/lifecycle/at-most.js';
import type { Logger } from '#platform/logging/logger.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { Identity } from './identity.js';
import { LoginThrottle } from './login-throttle.js';
import { OpenDoors } from './open-doors.js';
import { PasswordHasher } from './password-hasher.js';
import { TokenUses } from './token-uses.js';
import { LIFETIME_MS, VerifiedCredentials } from './verified-credentials.js';
import { WebSessions } from './web-sessions.js';

/** How long a stop waits for the last uses of tokens to be written, milliseconds. */
const LAST_FLUSH_MS = 3_000;

@Global()
@Module({
  providers: [
    { provide: PasswordHasher, inject: [Metrics], useFactory: watchedHasher },
    {
      provide: VerifiedCredentials,
      inject: [SETTINGS, Metrics],
      // While the database is away only warm passwords are believed: they must last as long as the grace.
      useFactory: (settings: Settings, metrics: Metrics) =>
        new VerifiedCredentials(Math.max(LIFETIME_MS, settings.tokenGrace * 1000), Date.now, lookupsOf(metrics)),
    },
    {
      provide: LoginThrottle,
      inject: [LoginFailuresRepository, SETTINGS],
      useFactory: (failures: LoginFailuresRepository, settings: Settings) =>
        new LoginThrottle(failures, settings.secretKeyBase),
    },
    {
      provide: TokenUses,
      inject: [ApplicationTokensRepository, LOGGER],
      useFactory: (tokens: ApplicationTokensRepository, logger: Logger) => new TokenUses(tokens, logger),
    },
    {
      provide: OpenDoors,
      inject: [LoginFailuresRepository],
      useFactory: (failures: LoginFailuresRepository) => new OpenDoors(failures),
    },
    {
      provide: WebSessions,
      inject: [SessionsRepository],
      useFactory: (sessions: SessionsRepository) => new WebSessions(sessions),
    },
    {
      provide: Identity,
      inject: [
        UsersRepository,
        ApplicationTokensRepository,
        PasswordHasher,
        VerifiedCredentials,
        LoginThrottle,
        TokenUses,
      ],
      useFactory: (...parts: ConstructorParameters<typeof Identity>) => new Identity(...parts),
    },
  ],
  exports: [Identity, OpenDoors, WebSessions],
})
export class IdentityModule implements BeforeApplicationShutdown {
  constructor(private readonly uses: TokenUses) {}

  /** The database is still there. */
  async beforeApplicationShutdown(): Promise<void> {
    await atMost(LAST_FLUSH_MS, this.uses.flush());
  }
}

function watchedHasher(metrics: Metrics): PasswordHasher {
  const hasher = new PasswordHasher();
  metrics.gauge({
    name: 'portus_password_hashes',
    help: 'Passwords that are being hashed, and that wait for their turn.',
    labels: ['state'],
    read: () => Object.entries(hasher.load).map(([state, value]) => ({ labels: { state }, value })),
  });
  return hasher;
}

function lookupsOf(metrics: Metrics) {
  const lookups = metrics.counter({
    name: 'portus_credential_cache_lookups_total',
    help: 'Passwords that were looked up among those verified a short while ago: a hit costs no hash.',
    labels: { result: ['hit', 'miss'] },
  });
  return { hit: lookups.of({ result: 'hit' }), miss: lookups.of({ result: 'miss' }) };
}
