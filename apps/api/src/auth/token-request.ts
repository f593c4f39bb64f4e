import { AppError } from '#domain/errors/app-error.js';
import { parseScopes, type Scope } from '#domain/naming/scope.js';
import { type Credentials, parseBasicAuth } from '#identity/basic-auth.js';

/** A request for a registry token, as understood. */
export interface TokenRequestFacts {
  service: string;
  scopes: Scope[];
  /** null: anonymous. */
  credentials: Credentials | null;
  /** Where the request comes from, trusted proxies considered. */
  address: string;
}

const MAX_SERVICE_LENGTH = 512;
const bad = (message: string): AppError => new AppError('bad_request', message);
const wrong = (message: string): AppError => new AppError('unauthenticated', message);

/**
 * Reads the GET form (distribution token spec, "Requesting a Token"). `account` and `client_id` are information only;
 * unknown parameters are ignored. An Authorization header that is not well-formed Basic is refused, never taken for
 * anonymous. Throws AppError: bad_request, unauthenticated.
 */
export function parseGetTokenRequest(
  query: URLSearchParams,
  authorization: string | undefined,
  address: string,
): TokenRequestFacts {
  const credentials = parseBasicAuth(authorization);
  if (authorization !== undefined && credentials === null) throw wrong('the Authorization header is not HTTP Basic');
  return withCommon(query, credentials, address);
}

/**
 * Reads the POST form (distribution "OAuth2 Token Authentication"). Only the password grant is offered; `scope` may be
 * one string or repeated. Throws AppError: bad_request, unauthenticated.
 */
export function parsePostTokenRequest(
  form: URLSearchParams,
  authorization: string | undefined,
  address: string,
): TokenRequestFacts {
  const grant = form.get('grant_type');
  if (grant === null) throw bad('grant_type is missing');
  if (grant === 'refresh_token') throw wrong('the refresh token is not known');
  if (grant !== 'password') throw bad('grant_type must be "password"');
  const username = form.get('username') ?? '';
  const password = form.get('password') ?? '';
  if (username !== '') {
    if (`${username}${password}`.includes('\0')) throw wrong('invalid username or password');
    return withCommon(form, { username, password }, address);
  }
  const credentials = parseBasicAuth(authorization);
  if (credentials === null) throw bad('username is missing');
  return withCommon(form, credentials, address);
}

function withCommon(parameters: URLSearchParams, credentials: Credentials | null, address: string): TokenRequestFacts {
  const service = parameters.get('service') ?? '';
  if (service === '') throw bad('service is missing');
  if (service.length > MAX_SERVICE_LENGTH || service.includes('\0')) throw bad('service is not valid');
  return { service, scopes: parseScopes(parameters.getAll('scope')), credentials, address };
}
