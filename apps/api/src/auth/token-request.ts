import { parseScopes, type Scope } from '#domain/naming/scope.js';
import { type Credentials, parseBasicAuth } from '#identity/basic-auth.js';

/** A request for a registry token, as understood. */
export interface TokenRequestFacts {
  service: string;
  scopes: Scope[];
  /** null: anonymous. */
  credentials: Credentials | null;
}

/** A request that can not be answered with a token. */
export interface BadTokenRequest {
  status: 400 | 401;
  message: string;
}

export type ParsedTokenRequest = { ok: true; request: TokenRequestFacts } | { ok: false; error: BadTokenRequest };

const MAX_SERVICE_LENGTH = 512;
const bad = (status: 400 | 401, message: string): ParsedTokenRequest => ({ ok: false, error: { status, message } });

/**
 * Reads the GET form (distribution token spec, "Requesting a Token"). `account` and `client_id` are information only;
 * unknown parameters are ignored. An Authorization header that is not well-formed Basic is refused, never taken for
 * anonymous.
 */
export function parseGetTokenRequest(query: URLSearchParams, authorization: string | undefined): ParsedTokenRequest {
  const credentials = parseBasicAuth(authorization);
  if (authorization !== undefined && credentials === null)
    return bad(401, 'the Authorization header is not HTTP Basic');
  return withCommon(query, credentials);
}

/**
 * Reads the POST form (distribution "OAuth2 Token Authentication"). Only the password grant is offered; `scope` may be
 * one string or repeated.
 */
export function parsePostTokenRequest(form: URLSearchParams, authorization: string | undefined): ParsedTokenRequest {
  const grant = form.get('grant_type');
  if (grant === null) return bad(400, 'grant_type is missing');
  if (grant === 'refresh_token') return bad(401, 'the refresh token is not known');
  if (grant !== 'password') return bad(400, 'grant_type must be "password"');
  const username = form.get('username') ?? '';
  const password = form.get('password') ?? '';
  if (username !== '') {
    if (`${username}${password}`.includes('\0')) return bad(401, 'invalid username or password');
    return withCommon(form, { username, password });
  }
  const credentials = parseBasicAuth(authorization);
  return credentials === null ? bad(400, 'username is missing') : withCommon(form, credentials);
}

function withCommon(parameters: URLSearchParams, credentials: Credentials | null): ParsedTokenRequest {
  const service = parameters.get('service') ?? '';
  if (service === '') return bad(400, 'service is missing');
  if (service.length > MAX_SERVICE_LENGTH || service.includes('\0')) return bad(400, 'service is not valid');
  return { ok: true, request: { service, scopes: parseScopes(parameters.getAll('scope')), credentials } };
}
