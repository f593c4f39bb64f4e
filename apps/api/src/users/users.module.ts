import { Module } from '@nestjs/common';
import { ApplicationTokensController } from './application-tokens.controller.js';
import { ApplicationTokensService } from './application-tokens.service.js';
import { LoginsController } from './logins.controller.js';
import { LoginsService } from './logins.service.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [UsersController, ApplicationTokensController, LoginsController],
  providers: [UsersService, ApplicationTokensService, LoginsService],
})
export class UsersModule {}
