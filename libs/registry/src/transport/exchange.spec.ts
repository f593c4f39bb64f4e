import { describe, expect, it } from 'vitest';
import { transportError } from './exchange.js';
import { BodyDeadlineError } from './limits.js';

const withCode = (code: string): Error => Object.assign(new Error('text'), { code });

describe(transportError.name, () => {
  it.each([
    [withCode('ECONNREFUSED'), 'UNREACHABLE', true],
    [withCode('ENOTFOUND'), 'UNREACHABLE', true],
    [new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]), 'UNREACHABLE', true],
    [withCode('UND_ERR_CONNECT_TIMEOUT'), 'TIMEOUT', true],
    [withCode('UND_ERR_HEADERS_TIMEOUT'), 'TIMEOUT', true],
    [withCode('UND_ERR_BODY_TIMEOUT'), 'TIMEOUT', true],
    [new BodyDeadlineError('slow'), 'TIMEOUT', true],
    [withCode('ECONNRESET'), 'CONNECTION_LOST', true],
    [withCode('UND_ERR_SOCKET'), 'CONNECTION_LOST', true],
    [withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'TLS_FAILED', false],
    [withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 'TLS_FAILED', false],
    [withCode('CERT_HAS_EXPIRED'), 'TLS_FAILED', false],
    [withCode('ERR_SSL_WRONG_VERSION_NUMBER'), 'TLS_FAILED', false],
    [withCode('UND_ERR_CLOSED'), 'CLOSED', false],
    [withCode('HPE_INVALID_CONSTANT'), 'BAD_ANSWER', false],
    [withCode('UND_ERR_HEADERS_OVERFLOW'), 'BAD_ANSWER', false],
    [new Error('whatever'), 'BAD_ANSWER', false],
    [null, 'BAD_ANSWER', false],
  ])('sorts %s into %s, temporary: %s', (error, code, temporary) => {
    const sorted = transportError(error, new URL('http://u:p@registry.test/v2/'));
    expect(sorted).toMatchObject({ code, temporary, status: null, url: 'http://registry.test/v2/', cause: error });
  });
});
