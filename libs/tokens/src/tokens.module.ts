import { readFileSync } from 'node:fs';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { SETTINGS } from '#platform/config/settings.module.js';
import { ConfigurationError, type Settings } from '#platform/config/settings.js';
import { loadSigningKey, type SigningKey, SigningKeyError } from './signing-key.js';
import { TokenSigner } from './token-signer.js';

/** Reads the signing key that the settings name. Throws ConfigurationError for one that no registry could verify. */
export function signingKeyOf(settings: Settings): SigningKey {
  try {
    const certificate = settings.certPath === null ? null : read('PORTUS_CERT_PATH', settings.certPath);
    return loadSigningKey(read('PORTUS_KEY_PATH', settings.keyPath), certificate, new Date());
  } catch (error) {
    if (error instanceof SigningKeyError) throw new ConfigurationError([error.message]);
    throw error;
  }
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError([`${name}: ${path} can not be read (${(error as NodeJS.ErrnoException).code})`]);
  }
}

@Global()
@Module({})
export class TokensModule {
  static register(key: SigningKey): DynamicModule {
    return {
      module: TokensModule,
      providers: [
        {
          provide: TokenSigner,
          inject: [SETTINGS],
          useFactory: (settings: Settings) => new TokenSigner(key, settings.machineFqdn),
        },
      ],
      exports: [TokenSigner],
    };
  }
}
