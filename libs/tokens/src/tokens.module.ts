import { type DynamicModule, Global, Module } from '@nestjs/common';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { KeyRing } from './key-ring.js';
import { TokenSigner } from './token-signer.js';

/** Injection token of the keys. */
export const KEY_RING = Symbol('key ring');

@Global()
@Module({})
export class TokensModule {
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
