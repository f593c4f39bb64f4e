import { Module } from '@nestjs/common';
import { LoginsController } from './logins.controller.js';
import { LoginsService } from './logins.service.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({ controllers: [UsersController, LoginsController], providers: [UsersService, LoginsService] })
export class UsersModule {}
