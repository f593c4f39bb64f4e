/** A header's name is a token (RFC 9110, 5.6.2). */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** Visible ASCII, spaces and tabs between: nothing that could begin another header. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]{0,4094}[\x21-\x7e])?$/;

/** Those that belong to the connection (RFC 9110, 7.6.1), frame the message, or tell whom it is for. */
const RESERVED = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/** Why a webhook can not send a header of this name; null: it can. */
export function headerNameProblem(name: string): string | null {
  if (!NAME.test(name)) return 'is not the name of a header';
  const lower = name.toLowerCase();
  if (RESERVED.has(lower)) return 'is set by Portus, or belongs to the connection';
  return lower.startsWith('x-portus-') ? 'is set by Portus' : null;
}

/** Why a header can not have this value; null: it can. */
export function headerValueProblem(value: string): string | null {
  return VALUE.test(value) ? null : 'must be 1 to 4096 printable ASCII characters';
}
