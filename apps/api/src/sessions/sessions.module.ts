import { Module } from '@nestjs/common';
import { Afterwards } from '../http/afterwards.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({ controllers: [SessionsController], providers: [SessionsService, Afterwards] })
export class SessionsModule {}
