import { Module } from '@nestjs/common';
import { ApplicationTokensController } from './application-tokens.controller.js';
import { ApplicationTokensService } from './application-tokens.service.js';
import { ExpiringTokensController } from './expiring-tokens.controller.js';
import { LoginsController } from './logins.controller.js';
import { LoginsService } from './logins.service.js';
import { SignUpController } from './sign-up.controller.js';
import { SignUpService } from './sign-up.service.js';
import { UserChangesService } from './user-changes.service.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [
    SignUpController,
    UsersController,
    ApplicationTokensController,
    ExpiringTokensController,
    LoginsController,
  ],
  providers: [UsersService, SignUpService, UserChangesService, ApplicationTokensService, LoginsService],
})
export class UsersModule {}
