import { AppError } from '#domain/errors/app-error.js';
import { parseScopes, type Scope } from '#domain/naming/scope.js';
import { type Credentials, parseBasicAuth } from '#identity/basic-auth.js';
import { isRefreshToken } from '#identity/refresh-token.js';

/** A request for a registry token, as understood. */
export interface TokenRequestFacts {
  service: string;
  scopes: Scope[];
  /** null: anonymous, or known by a refresh token. */
  credentials: Credentials | null;
  refreshToken: string | null;
  /** The client wants a refresh token, to keep it instead of the password. */
  offline: boolean;
  /** What the client calls itself; information only. */
  clientId: string;
  /** Where the request comes from, trusted proxies considered. */
  address: string;
  /** For lines in the log. */
  requestId: string;
}

/** What a request tells beside its parameters. */
export interface Origin {
  authorization: string | undefined;
  address: string;
  requestId: string;
}

const MAX_SERVICE_LENGTH = 512;
const MAX_CLIENT_LENGTH = 255;
const bad = (message: string): AppError => new AppError('bad_request', message);
const wrong = (message: string): AppError => new AppError('unauthenticated', message);

/**
 * Reads the GET form (distribution token spec, "Requesting a Token"). `account` and `client_id` are information only;
 * unknown parameters are ignored. An Authorization header that is not well-formed Basic is refused, never taken for
 * anonymous. Throws AppError: bad_request, unauthenticated.
 */
export function parseGetTokenRequest(query: URLSearchParams, origin: Origin): TokenRequestFacts {
  const { authorization } = origin;
  const credentials = parseBasicAuth(authorization);
  if (authorization !== undefined && credentials === null) throw wrong('the Authorization header is not HTTP Basic');
  return withCommon(query, origin, { credentials, offline: query.get('offline_token') === 'true' });
}

/**
 * Reads the POST form (distribution "OAuth2 Token Authentication"). Grants: password and refresh token; `scope` may be one
 * string or repeated. Throws AppError: bad_request, unauthenticated.
 */
export function parsePostTokenRequest(form: URLSearchParams, origin: Origin): TokenRequestFacts {
  const grant = form.get('grant_type');
  if (grant === null) throw bad('grant_type is missing');
  if (grant === 'refresh_token') {
    const refreshToken = form.get('refresh_token') ?? '';
    if (!isRefreshToken(refreshToken)) throw wrong('the refresh token is not known');
    return withCommon(form, origin, { refreshToken });
  }
  if (grant !== 'password') throw bad('grant_type must be "password" or "refresh_token"');
  const offline = form.get('access_type') === 'offline';
  const username = form.get('username') ?? '';
  const password = form.get('password') ?? '';
  if (username !== '') {
    if (`${username}${password}`.includes('\0')) throw wrong('invalid username or password');
    return withCommon(form, origin, { credentials: { username, password }, offline });
  }
  const credentials = parseBasicAuth(origin.authorization);
  if (credentials === null) throw bad('username is missing');
  return withCommon(form, origin, { credentials, offline });
}

type Who = Partial<Pick<TokenRequestFacts, 'credentials' | 'refreshToken' | 'offline'>>;

function withCommon(parameters: URLSearchParams, { address, requestId }: Origin, who: Who): TokenRequestFacts {
  const service = parameters.get('service') ?? '';
  if (service === '') throw bad('service is missing');
  if (service.length > MAX_SERVICE_LENGTH || service.includes('\0')) throw bad('service is not valid');
  const clientId = (parameters.get('client_id') ?? '').replaceAll('\0', '').slice(0, MAX_CLIENT_LENGTH);
  const scopes = parseScopes(parameters.getAll('scope'));
  const { credentials = null, refreshToken = null, offline = false } = who;
  return { service, scopes, clientId, credentials, refreshToken, offline, address, requestId };
}
