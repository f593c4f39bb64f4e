import { Module } from '@nestjs/common';
import { DenialBuffer } from './denial-buffer.js';
import { DenialsController } from './denials.controller.js';
import { DenialsService } from './denials.service.js';

/** What was refused at the token endpoint, and why. */
@Module({ controllers: [DenialsController], providers: [DenialBuffer, DenialsService], exports: [DenialBuffer] })
export class DenialsModule {}
