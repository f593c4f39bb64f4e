import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { PasswordResetRecords } from './password-reset-records.js';
import { PasswordResetsController } from './password-resets.controller.js';
import { PasswordResetsService } from './password-resets.service.js';

@Module({
  imports: [MailModule],
  controllers: [PasswordResetsController],
  providers: [PasswordResetsService, PasswordResetRecords],
})
export class PasswordResetsModule {}
