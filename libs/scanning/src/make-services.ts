import type { Settings } from '#platform/config/settings.js';
import { ClairScanner } from './clair/clair.js';
import { HarborScanner } from './harbor/harbor.js';
import type { Scanner } from './scanner.js';

type Auth = Settings['scannerAdapters'][number]['auth'];

/** The scanners that are services of their own, as far as the settings name them. */
export function makeServices(settings: Settings): Scanner[] {
  const adapters = settings.scannerAdapters.map(
    ({ auth, ...adapter }) => new HarborScanner({ ...adapter, auth: headerOf(auth) }),
  );
  const { clairServer, clairMatcher, clairKey, clairIssuer, clairTimeout, clairConcurrency } = settings;
  if (clairServer === null) return adapters;
  const clair = new ClairScanner({
    server: clairServer,
    matcher: clairMatcher,
    key: clairKey,
    issuer: clairIssuer,
    timeout: clairTimeout,
    concurrency: clairConcurrency,
  });
  return [clair, ...adapters];
}

/** The three ways in which Harbor lets itself be known to an adapter. */
function headerOf(auth: Auth): { header: string; value: string } | null {
  if (auth?.bearer !== undefined) return { header: 'authorization', value: `Bearer ${auth.bearer}` };
  if (auth?.basic !== undefined)
    return { header: 'authorization', value: `Basic ${Buffer.from(auth.basic).toString('base64')}` };
  return auth?.api_key === undefined ? null : { header: 'x-scanneradapter-api-key', value: auth.api_key };
}
