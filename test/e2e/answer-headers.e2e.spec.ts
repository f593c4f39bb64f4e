import { expect, it } from 'vitest';
import { basic } from '../support/ask-token.js';
import { rawBytes, rawRequest, type RawRequest } from '../support/raw-http.js';
import { scenes } from '../support/scenes.js';
import type { Stack } from '../support/stack-handle.js';

interface Kind {
  what: string;
  /** Default: below the api's address. */
  at?: (stack: Stack) => string;
  path?: string;
  as?: 'admin' | 'registry';
  request?: RawRequest;
  status: number;
}

const JSON_BODY = { 'content-type': 'application/json' };
const worker = (stack: Stack) => stack.workers[0]!;
const KINDS: Kind[] = [
  { what: 'the page', path: '/', status: 200 },
  { what: 'an address of the page', path: '/repositories/1', status: 200 },
  { what: 'a page that is not there', path: '/no/such/page', status: 404 },
  { what: 'a file that is not there', path: '/assets/..%2f..%2fpackage.json', status: 404 },
  { what: 'a list', path: '/api/v1/users', as: 'admin', status: 200 },
  { what: 'a list, to nobody', path: '/api/v1/users', status: 401 },
  { what: 'the head of a list', path: '/api/v1/users', as: 'admin', request: { method: 'HEAD' }, status: 200 },
  { what: 'the methods of a list', path: '/api/v1/users', as: 'admin', request: { method: 'OPTIONS' }, status: 204 },
  { what: 'a method that is not offered', path: '/api/v1/users', as: 'admin', request: { method: 'PUT' }, status: 405 },
  { what: 'an address of the API that is not there', path: '/api/v1/nothing', as: 'admin', status: 404 },
  {
    what: 'a body that is no JSON',
    path: '/api/v1/users',
    as: 'admin',
    request: { method: 'POST', headers: JSON_BODY, body: '{' },
    status: 400,
  },
  {
    what: 'a body that is too large',
    path: '/api/v1/users',
    as: 'admin',
    request: { method: 'POST', headers: JSON_BODY, body: Buffer.alloc(1_100_000, ' ') },
    status: 413,
  },
  {
    what: 'a media type that is unknown',
    path: '/api/v1/users',
    as: 'admin',
    request: { method: 'POST', headers: { 'content-type': 'text/html' }, body: '<script>' },
    status: 415,
  },
  { what: 'the stream of events', path: '/api/v1/events/stream?seconds=1', as: 'admin', status: 200 },
  { what: 'the documentation', path: '/documentation', status: 200 },
  { what: 'a script of the documentation', path: '/documentation/start.js', status: 200 },
  { what: 'the description of the API', path: '/api/openapi.json', status: 200 },
  { what: 'the keys', path: '/.well-known/jwks.json', status: 200 },
  { what: 'a ping', path: '/_ping', status: 200 },
  { what: 'readiness', path: '/_health', status: 200 },
  { what: 'health', path: '/api/v1/health', as: 'admin', status: 200 },
  { what: 'a challenge to a registry client', path: '/v2/', status: 401 },
  { what: 'a token', path: '/v2/token?scope=repository:a:pull&service=', as: 'admin', status: 200 },
  { what: 'no token', path: '/v2/token?service=', request: { headers: basic('admin', 'wrong') }, status: 401 },
  { what: 'a notification', path: '/v2/webhooks/events', as: 'registry', request: { method: 'POST' }, status: 202 },
  { what: 'no notification', path: '/v2/webhooks/events', request: { method: 'POST' }, status: 401 },
  { what: 'an address that can not be read', path: '/%zz', status: 400 },
  { what: 'one of registry clients that can not be read', path: '/v2/%zz', status: 400 },
  { what: 'metrics of the api', at: ({ api }) => api.metricsUrl, status: 200 },
  { what: 'metrics of the worker', at: (stack) => worker(stack).metricsUrl, status: 200 },
  { what: 'no metrics', at: ({ api }) => `${api.metricsUrl}/more`, status: 404 },
  { what: 'a ping of the worker', at: (stack) => `${worker(stack).healthUrl}/_ping`, status: 200 },
  { what: 'health of the worker', at: (stack) => `${worker(stack).healthUrl}/_health`, status: 200 },
  { what: 'nothing of the worker', at: (stack) => `${worker(stack).healthUrl}/`, status: 404 },
];

type Headers = Record<string, string | string[] | undefined>;

function expectSecure(headers: Headers): void {
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
    'referrer-policy': expect.stringMatching(/^(no-referrer|same-origin)$/),
  });
  expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*(unsafe|\*|https?:)/);
  // Nobody needs to know what it is made of.
  for (const name of ['server', 'x-powered-by', 'via']) expect(headers).not.toHaveProperty(name);
  expect(JSON.stringify(headers)).not.toMatch(/fastify|nest|express|node\.?js/i);
}

scenes(
  'headers that browsers look at',
  { flavours: ['2.8'], stack: { env: { PORTUS_TRUSTED_PROXIES: '127.0.0.1' } } },
  (house) => {
    const ask = ({ at, path = '', as, request = {} }: Kind, more: Record<string, string> = {}) => {
      const who = {
        admin: basic('admin', house().adminPassword),
        registry: { authorization: `Bearer ${house().webhookSecret}` },
      };
      const headers = { ...(as ? who[as] : {}), ...request.headers, ...more } as Record<string, string>;
      const whole = path.endsWith('service=') ? path + house().registryHost : path;
      return rawRequest(at ? at(house()) : `${house().url}${whole}`, { ...request, headers });
    };

    it.each(KINDS)('stand at $what ($status)', async (kind) => {
      const { status, headers, text } = await ask(kind);
      expect(status).toBe(kind.status);
      expectSecure(headers);
      expect(headers).not.toHaveProperty('strict-transport-security');
      if (status >= 400) expect(text).not.toMatch(/fastify|nestjs|node_modules|\.[jt]s:\d+/i);
    });

    // The framework knows nothing of proxies where it could not read the address.
    const behindProxy = KINDS.filter(({ at, path }) => !at && !path?.includes('%zz'));

    it.each(behindProxy)('keep browsers to TLS where a proxy speaks it: $what', async (kind) => {
      const { headers } = await ask(kind, { 'x-forwarded-proto': 'https' });
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
    });

    it('say nothing of TLS by the word of anybody else', async () => {
      const { url, program } = await house().startApi({ PORTUS_TRUSTED_PROXIES: '192.0.2.1' });
      const { status, headers } = await rawRequest(`${url}/_ping`, { headers: { 'x-forwarded-proto': 'https' } });
      expect(status).toBe(200);
      expect(headers).not.toHaveProperty('strict-transport-security');
      await program.stop();
    });

    it.each([
      ['what is no HTTP', 'NONSENSE\r\n\r\n', 400],
      ['headers that are too large', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
      ['a request without a host', 'GET / HTTP/1.1\r\n\r\n', 400],
      ['a request that expects too much', 'GET / HTTP/1.1\r\nhost: x\r\nexpect: wonders\r\n\r\n', 417],
    ])('stand at the answer to %s', async (_, bytes, status) => {
      for (const at of [house().api.healthUrl, house().api.metricsUrl, worker(house()).healthUrl]) {
        const text = await rawBytes(at, bytes);
        expect(text).toContain(`HTTP/1.1 ${status}`);
        const lines = text.split('\r\n\r\n', 1)[0]!.split('\r\n').slice(1);
        expectSecure(Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2) as [string, string])));
      }
    });
  },
);
