import { Module } from '@nestjs/common';
import { Afterwards } from '../http/afterwards.js';
import { PasswordResetRecords } from './password-reset-records.js';
import { PasswordResetsController } from './password-resets.controller.js';
import { PasswordResetsService } from './password-resets.service.js';
import { ResetMails } from './reset-mails.js';

@Module({
  controllers: [PasswordResetsController],
  providers: [PasswordResetsService, PasswordResetRecords, ResetMails, Afterwards],
})
export class PasswordResetsModule {}
