import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard.js';

/** Where a webhook is sent to. `origin`: scheme://host:port. */
export interface HookTarget {
  url: string;
  origin: string;
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Reads the URL of a webhook; without a scheme it is http, as in Portus. Returns the problem as a text where it can not be
 * used. A name is not looked up here: what it resolves to is checked when it is connected to, each time.
 */
export function hookTarget(text: string, guard: Pick<AddressGuard, 'allows'>): HookTarget | string {
  const full = SCHEME.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) return 'is not a URL';
  const url = new URL(full);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must be http or https';
  if (url.username !== '' || url.password !== '') return 'must not hold credentials: use username and password';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !guard.allows(host)) return 'is in a network that webhooks may not reach';
  url.hash = '';
  return { url: url.href, origin: url.origin };
}
