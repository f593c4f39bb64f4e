export interface Credentials {
  username: string;
  password: string;
}

const MAX_LENGTH = 4096;

/**
 * Reads an HTTP Basic header (RFC 7617): UTF-8, split at the first colon only. Null when it is none or malformed; a
 * NUL would not be storable and belongs to no name or password.
 */
export function parseBasicAuth(header: string | undefined): Credentials | null {
  if (header === undefined || header.length > MAX_LENGTH) return null;
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(header)?.[1];
  return encoded === undefined ? null : splitPair(Buffer.from(encoded, 'base64').toString('utf8'));
}

/** Reads `user:token` of the header `Portus-Auth`. */
export function parsePortusAuth(header: string | undefined): Credentials | null {
  if (header === undefined || header.length > MAX_LENGTH) return null;
  return splitPair(header.trim());
}

function splitPair(pair: string): Credentials | null {
  const colon = pair.indexOf(':');
  if (colon <= 0 || pair.includes('\0')) return null;
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
