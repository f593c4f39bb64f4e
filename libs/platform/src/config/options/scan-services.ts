import { z } from 'zod';
import { integer, option, text } from './option.js';

const serviceUrl = text.regex(/^https?:\/\/[^/@?#]+(\/[^@?#]*)?$/, 'must be http(s)://host[:port], without a user');
const headerValue = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII');

/** How an adapter lets us in: one of the three ways that Harbor knows. */
const adapterAuth = z
  .strictObject({ bearer: headerValue.optional(), basic: headerValue.optional(), api_key: headerValue.optional() })
  .refine((auth) => Object.keys(auth).length === 1, 'must be one of bearer, basic ("user:password") and api_key');

const adapter = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name is up to 64 lower-case letters, digits and dashes')
    .refine((name) => !['trivy', 'clair', 'dummy'].includes(name), 'the name is that of another scanner'),
  url: serviceUrl,
  auth: adapterAuth.optional(),
  sbom: z.boolean().default(true),
  timeout: z.number().int().min(1).max(86_400).default(900),
  concurrency: z.number().int().min(1).max(64).default(1),
});

const adapters = z
  .string()
  .max(65_536)
  .transform((value, context): unknown => {
    try {
      return JSON.parse(value);
    } catch {
      context.addIssue('must be JSON');
      return z.NEVER;
    }
  })
  .pipe(z.array(adapter).max(16))
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'two adapters have the same name');

/** Scanners that are services of their own. */
export const SCAN_SERVICES = {
  clairServer: option(
    'PORTUS_SECURITY_CLAIR_SERVER',
    'Scanning',
    serviceUrl,
    null,
    'URL of Clair v4. It fetches layers from the registry itself, with a token for that one repository.',
    { example: 'http://clair:6060' },
  ),
  clairMatcher: option(
    'PORTUS_SECURITY_CLAIR_MATCHER',
    'Scanning',
    serviceUrl,
    null,
    "URL of Clair's matcher, where it runs apart from the indexer.",
  ),
  clairKey: option(
    'PORTUS_SECURITY_CLAIR_PSK',
    'Scanning',
    text.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64').transform((value) => Buffer.from(value, 'base64')),
    null,
    "Clair's pre-shared key, in base64 as in its configuration (`auth.psk.key`).",
    { secret: true },
  ),
  clairIssuer: option(
    'PORTUS_SECURITY_CLAIR_ISSUER',
    'Scanning',
    text,
    'portus',
    'Who Portus says that it is to Clair: one of its `auth.psk.iss`.',
  ),
  clairTimeout: option(
    'PORTUS_SECURITY_CLAIR_TIMEOUT',
    'Scanning',
    integer(1, 86_400),
    '900',
    'Seconds that one scan may take.',
  ),
  clairConcurrency: option(
    'PORTUS_SECURITY_CLAIR_CONCURRENCY',
    'Scanning',
    integer(1, 64),
    '2',
    'Images that one worker has scanned by Clair at the same time.',
  ),
  scannerAdapters: option(
    'PORTUS_SECURITY_ADAPTERS',
    'Scanning',
    adapters,
    '[]',
    'Scanner adapters as Harbor has them, as a JSON list: `name`, `url`, and perhaps `auth` (`bearer`, `basic` as user:password, or `api_key`), `sbom` (false: none is asked for), `timeout` (seconds, 900), `concurrency` (1).',
    { secret: true, example: '[{"name":"aqua","url":"http://adapter:8080","auth":{"bearer":"…"}}]' },
  ),
} as const;
