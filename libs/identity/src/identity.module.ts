import { Global, Module } from '@nestjs/common';
import { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { Identity } from './identity.js';
import { PasswordHasher } from './password-hasher.js';
import { VerifiedCredentials } from './verified-credentials.js';

@Global()
@Module({
  providers: [
    { provide: PasswordHasher, useFactory: () => new PasswordHasher() },
    { provide: VerifiedCredentials, useFactory: () => new VerifiedCredentials() },
    {
      provide: Identity,
      inject: [UsersRepository, ApplicationTokensRepository, PasswordHasher, VerifiedCredentials],
      useFactory: (...parts: ConstructorParameters<typeof Identity>) => new Identity(...parts),
    },
  ],
  exports: [Identity],
})
export class IdentityModule {}
