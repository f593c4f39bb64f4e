import { Global, Module } from '@nestjs/common';
import { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Identity } from './identity.js';
import { LoginThrottle } from './login-throttle.js';
import { PasswordHasher } from './password-hasher.js';
import { LIFETIME_MS, VerifiedCredentials } from './verified-credentials.js';

@Global()
@Module({
  providers: [
    { provide: PasswordHasher, useFactory: () => new PasswordHasher() },
    {
      provide: VerifiedCredentials,
      inject: [SETTINGS],
      // While the database is away only warm passwords are believed: they must last as long as the grace.
      useFactory: (settings: Settings) => new VerifiedCredentials(Math.max(LIFETIME_MS, settings.tokenGrace * 1000)),
    },
    {
      provide: LoginThrottle,
      inject: [LoginFailuresRepository, SETTINGS],
      useFactory: (failures: LoginFailuresRepository, settings: Settings) =>
        new LoginThrottle(failures, settings.secretKeyBase),
    },
    {
      provide: Identity,
      inject: [UsersRepository, ApplicationTokensRepository, PasswordHasher, VerifiedCredentials, LoginThrottle],
      useFactory: (...parts: ConstructorParameters<typeof Identity>) => new Identity(...parts),
    },
  ],
  exports: [Identity],
})
export class IdentityModule {}
