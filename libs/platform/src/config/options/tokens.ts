import { z } from 'zod';
import { integer, option, text } from './option.js';

/** Minutes. Never less than one: clients take a shorter lifetime for 60 seconds. */
const lifetime = integer(1, 1440);

/** Keys, lifetimes and secrets. */
export const TOKENS = {
  keyPath: option(
    'PORTUS_KEY_PATH',
    'Tokens',
    text,
    null,
    'PEM file of the private key that signs tokens: RSA (2048 bits or more) or EC P-256.',
    { example: '/secrets/portus.key' },
  ),
  certPath: option(
    'PORTUS_CERT_PATH',
    'Tokens',
    text,
    null,
    'PEM file of its certificate, the one in `rootcertbundle` of the registry. Without it tokens carry a key id only, which registry 3.x accepts only with a jwks file.',
    { example: '/secrets/portus.crt' },
  ),
  otherKeyPaths: option(
    'PORTUS_OTHER_KEY_PATHS',
    'Tokens',
    z
      .string()
      .max(4096)
      .transform((value) => value.split(',').flatMap((path) => path.trim() || [])),
    '',
    'PEM files, separated by commas, of the keys that registries shall trust besides it: certificates or public keys of the one that signed before, or will sign next. They are published and never sign.',
  ),
  tokenLifetime: option(
    'PORTUS_REGISTRY_JWT_EXPIRATION_TIME',
    'Tokens',
    lifetime,
    '5',
    'Lifetime of registry tokens, minutes. A right that is withdrawn lives on in tokens for so long.',
  ),
  pullTokenLifetime: option(
    'PORTUS_REGISTRY_JWT_PULL_EXPIRATION_TIME',
    'Tokens',
    lifetime,
    null,
    'Lifetime of tokens that grant nothing but pulls, minutes, where it differs. Longer: fewer requests; shorter: a withdrawn right ends sooner.',
    { example: '5' },
  ),
  pushTokenLifetime: option(
    'PORTUS_REGISTRY_JWT_PUSH_EXPIRATION_TIME',
    'Tokens',
    lifetime,
    null,
    'Lifetime of tokens that grant more than pulls, minutes, where it differs. Uploads may last longer: registries look at the token when a request begins.',
    { example: '5' },
  ),
  tokenGrace: option(
    'PORTUS_TOKEN_GRACE',
    'Tokens',
    integer(0, 86_400),
    '600',
    'Seconds for which pulls are served from recently confirmed facts while the database is away; 0: not at all.',
  ),
  secretKeyBase: option(
    'PORTUS_SECRET_KEY_BASE',
    'Tokens',
    text.min(32, 'must have 32 characters or more'),
    null,
    'Secret from which internal keys are derived.',
    { secret: true, example: 'at least 32 random characters' },
  ),
  secretKeyBasePrevious: option(
    'PORTUS_SECRET_KEY_BASE_PREVIOUS',
    'Tokens',
    text.min(32, 'must have 32 characters or more'),
    null,
    'The secret that was there before, while what is sealed with it is sealed anew.',
    { secret: true, example: 'at least 32 random characters' },
  ),
  servicePassword: option(
    'PORTUS_PASSWORD',
    'Tokens',
    text.min(8, 'must have 8 characters or more'),
    null,
    'Password of the service account `portus`.',
    { secret: true, example: 'a long random password' },
  ),
} as const;
