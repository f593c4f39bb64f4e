import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import type { Logger } from '../logging/logger.js';
import type { Settings } from './settings.js';

/** Injection tokens of the checked settings and of the program's logger. */
export const SETTINGS = Symbol('settings');
export const LOGGER = Symbol('logger');

/** Gives the settings, which were read and checked before anything else was made, to everything else. */
@Global()
@Module({})
export class SettingsModule {
  static register(settings: Settings, logger: Logger): DynamicModule {
    return {
      module: SettingsModule,
      imports: [
        ConfigModule.forRoot({ ignoreEnvFile: true, ignoreEnvVars: true, load: [() => ({ portus: settings })] }),
      ],
      providers: [
        {
          provide: SETTINGS,
          inject: [ConfigService],
          useFactory: (config: ConfigService) => config.getOrThrow<Settings>('portus'),
        },
        { provide: LOGGER, useValue: logger },
      ],
      exports: [SETTINGS, LOGGER],
    };
  }
}
