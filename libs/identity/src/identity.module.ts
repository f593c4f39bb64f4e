import { Global, Module } from '@nestjs/common';
import { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Identity } from './identity.js';
import { LoginThrottle } from './login-throttle.js';
import { PasswordHasher } from './password-hasher.js';
import { VerifiedCredentials } from './verified-credentials.js';

@Global()
@Module({
  providers: [
    { provide: PasswordHasher, useFactory: () => new PasswordHasher() },
    { provide: VerifiedCredentials, useFactory: () => new VerifiedCredentials() },
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
