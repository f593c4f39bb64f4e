import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { AddressGuard } from './address-guard.js';

/** All addresses of a name, as `dns.lookup` gives them with `all`. */
export type Resolve = (
  name: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** The target lies in a network that webhooks may not reach. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';

  constructor(target: string) {
    super(`${target} is in a network that webhooks may not reach (PORTUS_WEBHOOKS_ALLOWED_NETWORKS)`);
  }
}

/**
 * Connections for one request. What a name resolves to is checked at the moment of connecting, and that very address is
 * connected to: a name server that answers otherwise a moment later changes nothing. Proxies of the environment are not
 * used, and redirects are not followed by whoever sends through it.
 */
export function guardedAgent(guard: AddressGuard, timeoutMs: number, resolve: Resolve = lookup): Agent {
  const connector = buildConnector({ timeout: timeoutMs, maxCachedSessions: 0, lookup: guardedLookup(guard, resolve) });
  const connect: buildConnector.connector = (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !guard.allows(host)) return callback(new AddressRefusedError(host), null);
    connector(options, (error, socket) => {
      if (error) return callback(error, null);
      const address = socket.remoteAddress ?? '';
      if (guard.allows(address)) return callback(null, socket);
      socket.destroy();
      callback(new AddressRefusedError(address), null);
    });
  };
  return new Agent({ connect, connections: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
}

/** Leaves out addresses that may not be reached; fails when none is left. */
function guardedLookup(guard: AddressGuard, resolve: Resolve): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const [first, ...others] = addresses.filter(({ address }) => guard.allows(address));
      if (first === undefined) return callback(new AddressRefusedError(name), '', 0);
      if (options.all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
}
