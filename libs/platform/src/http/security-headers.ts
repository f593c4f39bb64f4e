/**
 * What every answer says to a browser, whoever gives it: take it for what its media type says, run and load nothing out
 * of it, show it in no frame, tell nobody where you came from, and let no other site have it. The page and the
 * documentation replace the policy by ones that let them load their own files.
 */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** For answers over TLS: browsers keep to it for a year. Names under ours are not ours to bind. */
export const STRICT_TRANSPORT = { 'strict-transport-security': 'max-age=31536000' } as const;
