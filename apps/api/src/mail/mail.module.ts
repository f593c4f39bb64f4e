import { type BeforeApplicationShutdown, Module } from '@nestjs/common';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { Mailer } from './mailer.js';

@Module({
  providers: [
    {
      provide: Mailer,
      inject: [SETTINGS, LOGGER],
      useFactory: (settings: Settings, logger: Logger) => new Mailer(settings, logger),
    },
  ],
  exports: [Mailer],
})
export class MailModule implements BeforeApplicationShutdown {
  constructor(private readonly mailer: Mailer) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.mailer.close();
  }
}
