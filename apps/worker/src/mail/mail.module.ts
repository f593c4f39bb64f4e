import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { Mailer } from '#mail/mailer.js';
import { MailRunner } from '#mail/mail-runner.js';
import { MailsRepository } from '#persistence/mails.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { MailProcessor } from './mail.processor.js';
import { MailSweeper } from './mail-sweeper.js';

const runner: FactoryProvider = {
  provide: MailRunner,
  inject: [MailsRepository, SETTINGS, LOGGER],
  useFactory: (mails: MailsRepository, settings: Settings, logger: Logger) =>
    new MailRunner(mails, new Mailer(settings), Sealer.of(settings), logger),
};

/** Mail goes out, where the settings name a server for it. */
@Module({})
export class MailModule {
  static register(settings: Settings): DynamicModule {
    // Without a server what waits waits on, until it expires.
    return { module: MailModule, providers: settings.smtpEnabled ? [runner, MailProcessor, MailSweeper] : [] };
  }
}
