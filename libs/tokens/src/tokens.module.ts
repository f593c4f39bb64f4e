import { type DynamicModule, Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '#platform/metrics/metrics.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { KeyRing } from './key-ring.js';
import { TokenSigner } from './token-signer.js';
import { watchKeys } from './watch-keys.js';

/** Injection token of the keys. */
export const KEY_RING = Symbol('key ring');

@Global()
@Module({})
export class TokensModule implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  onModuleInit(): void {
    watchKeys(this.metrics, this.keys);
  }

  static register(keys: KeyRing): DynamicModule {
    return {
      module: TokensModule,
      providers: [
        { provide: KEY_RING, useValue: keys },
        {
          provide: TokenSigner,
          inject: [SETTINGS],
          useFactory: (settings: Settings) => new TokenSigner(keys.signing, settings.machineFqdn),
        },
      ],
      exports: [KEY_RING, TokenSigner],
    };
  }
}
