/** A generator of numbers that is the same for the same seed (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  /** True once in `n` times. */
  rarely(n: number): boolean {
    return this.below(n) === 0;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** What the hostile know of the house. */
export interface Known {
  service: string;
  webhookSecret: string;
  /** `user:password` of somebody, for hostile requests of people who may sign in. */
  credentials: string;
}

const TYPES = ['repository', 'registry', 'repository(plugin)', 'REPOSITORY', 'repo', '', '__proto__', 'constructor'];
const NAMES = [
  'app',
  'team/app',
  'a/b/c/d',
  'a__b/c--d',
  'Team/App',
  'host:5000/x',
  '../../etc',
  '',
  'catalog',
  '%2e%2e',
];
const ACTIONS = ['pull', 'push', 'delete', '*', 'PULL', 'admin', '', 'constructor', 'pull push', '🐳'];
const PARAMETERS = ['service', 'scope', 'account', 'client_id', 'offline_token', 'grant_type', 'username', 'password'];
const MORE = ['refresh_token', 'access_type', '__proto__', 'scope[]', 'service[x]', 'code', '', 'toString'];
const ESCAPES = [
  '%',
  '%zz',
  '%00',
  '%0d%0aX-Evil:%201',
  '%ff%fe',
  '%u0041',
  '%25252e',
  '+',
  '%2',
  '%c0%af',
  '%ed%a0%80',
];
const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
];
const PATHS = ['/v2/token', '/v2/token', '/v2/token', '/v2/token', '/v2/', '/v2', '/v2/webhooks/events', '/v2//token'];
const OTHER_PATHS = [
  '/v2/token/',
  '/v2/%74oken',
  '/api/v1/users',
  '/api/v1/explain',
  '/',
  '/v2/token%00',
  '/v2/../v2/token',
];
const MEDIA = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-16',
  'application/json',
  'application/vnd.docker.distribution.events.v2+json',
  'multipart/form-data; boundary=x',
  '///',
];
const ODD_HEADERS = [
  'X-Request-Id',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'Cookie',
  'Range',
  'If-None-Match',
  'Accept',
];

/** One request as bytes: well-formed HTTP most of the time, nonsense in every place that a client fills in. */
export function hostileRequest(dice: Dice, known: Known): Buffer {
  if (dice.rarely(60)) return brokenHttp(dice);
  const method = dice.one(METHODS);
  const path = dice.rarely(6) ? dice.one(OTHER_PATHS) : dice.one(PATHS);
  const query = parameters(dice, known);
  const form = method === 'POST' && dice.below(3) > 0;
  const body = bodyOf(dice, known, method, path);
  const target = form || query === '' ? path : `${path}?${query}`;
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers(dice, known, path)];
  if (body !== null) lines.push(`Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}

function parameters(dice: Dice, known: Known): string {
  if (dice.rarely(50)) return dice.bytes(dice.below(200)).toString('hex').replaceAll('7', '&').replaceAll('3', '=');
  const pairs = Array.from({ length: dice.below(8) }, () => pair(dice, known));
  if (!dice.rarely(5)) pairs.push(`service=${encodeURIComponent(known.service)}`);
  if (dice.rarely(40)) pairs.push(...Array.from({ length: 300 }, () => `scope=${encodeURIComponent(scope(dice))}`));
  return pairs.join('&').slice(0, dice.rarely(30) ? 40_000 : 8_000);
}

function pair(dice: Dice, known: Known): string {
  const name = dice.rarely(4) ? dice.one(MORE) : dice.one(PARAMETERS);
  if (dice.rarely(5)) return `${name}=${dice.one(ESCAPES)}`;
  if (name === 'scope')
    return `scope=${encodeURIComponent(Array.from({ length: 1 + dice.below(4) }, () => scope(dice)).join(' '))}`;
  if (name === 'grant_type') return `grant_type=${dice.one(['password', 'refresh_token', 'authorization_code', ''])}`;
  if (name === 'refresh_token') return `refresh_token=ptr_${'x'.repeat(dice.below(60))}`;
  if (name === 'service') return `service=${dice.one([known.service, 'other', '%20', known.service.toUpperCase()])}`;
  return `${name}=${dice.one(['true', 'offline', 'x', '__proto__', '%F0%9F%90%B3', 'a'.repeat(dice.below(2_000))])}`;
}

function scope(dice: Dice): string {
  const name = dice.rarely(8) ? `${'a/'.repeat(dice.below(400))}a` : dice.one(NAMES);
  const actions = Array.from({ length: dice.below(dice.rarely(20) ? 500 : 5) }, () => dice.one(ACTIONS)).join(',');
  return [dice.one(TYPES), name, ...(dice.rarely(9) ? [name] : []), actions].join(dice.rarely(30) ? '::' : ':');
}

function headers(dice: Dice, known: Known, path: string): string[] {
  const lines: string[] = [];
  const kind = dice.below(100);
  if (path.includes('webhooks') && kind < 30) lines.push(`Authorization: Bearer ${known.webhookSecret}`);
  else if (kind < 40) lines.push(`Authorization: Basic ${base64(known.credentials)}`);
  else if (kind < 60) lines.push(`Authorization: ${malformedAuthorization(dice)}`);
  else if (kind < 70)
    lines.push(
      `Authorization: Basic ${base64(
        `somebody:ptk_${base64(String(dice.below(1e9)))
          .padEnd(43, 'x')
          .slice(0, 43)}`,
      )}`,
    );
  // Each costs a password hash, which is what the throttle bounds: few are enough to see it work.
  else if (dice.rarely(400)) lines.push(`Authorization: Basic ${base64(`user${dice.below(5)}:wrong`)}`);
  if (dice.rarely(3)) lines.push(`Content-Type: ${dice.one(MEDIA)}`);
  for (let i = dice.below(4); i > 0; i--) {
    const value = dice.one(['x', '1, 2, 3', '::1', 'a'.repeat(dice.below(3_000)), 'é\u0080ÿ', '../..', '{"a":1}']);
    lines.push(`${dice.one(ODD_HEADERS)}: ${value}`);
  }
  return lines;
}

function malformedAuthorization(dice: Dice): string {
  const noise = dice.bytes(dice.below(60));
  return dice.one([
    'Basic',
    'Basic !!!!',
    `Basic ${noise.toString('base64')}`,
    `Basic ${base64('no colon')}`,
    `Basic ${base64('a\0b:c')}`,
    `Basic ${'A'.repeat(dice.below(8_000))}`,
    `Bearer ${noise.toString('hex')}`,
    `Bearer eyJhbGciOiJub25lIn0.${base64('{"sub":"admin"}')}.`,
    'Digest username="admin"',
    '',
  ]);
}

function bodyOf(dice: Dice, known: Known, method: string, path: string): Buffer | null {
  if (method === 'GET' || method === 'HEAD') return dice.rarely(20) ? dice.bytes(dice.below(50)) : null;
  if (dice.rarely(300)) return Buffer.alloc(70_000 + dice.below(100_000), 'scope=x&');
  if (dice.rarely(4)) return dice.bytes(dice.below(400));
  if (path.includes('webhooks')) return Buffer.from(dice.one(ENVELOPES));
  return Buffer.from(parameters(dice, known));
}

const ENVELOPES = [
  '',
  '{',
  'null',
  '[]',
  '{"events":[]}',
  '{"events":{}}',
  '{"events":[null,1,"x",{}]}',
  '{"events":[{"id":"\\u0000","action":"push","target":{"repository":"a"}}]}',
  '{"events":[{"id":"1","action":"explode","target":{"repository":"a"}}]}',
  '{"events":[{"id":"2","action":"pull","request":{"method":"GET"},"target":{"repository":"../a","mediaType":"x"}}]}',
  `{"events":[${'['.repeat(5_000)}${']'.repeat(5_000)}]}`,
];

/** No HTTP, or nearly: each must end in an answer of the 400 class, or in a closed connection. */
export function brokenHttp(dice: Dice): Buffer {
  const get = 'GET /v2/token HTTP/1.1\r\nHost: localhost\r\n';
  const post = 'POST /v2/token HTTP/1.1\r\nHost: localhost\r\n';
  const text = dice.one([
    `${get}X-A: b\nc\r\nX-Evil\r\n\r\n`,
    `${get}X-A: \0\r\n\r\n`,
    `${get}X-A : b\r\n\r\n`,
    `${get}: nothing\r\n\r\n`,
    `${get}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    `${get}${'X-Many: y\r\n'.repeat(3_000)}\r\n`,
    `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
    `${post}Content-Length: -1\r\n\r\n`,
    `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
    `${post}Transfer-Encoding: gzip\r\n\r\nhello`,
    `${post}Expect: the-unexpected\r\nContent-Length: 0\r\n\r\n`,
    'GET /v2/token\r\n\r\n',
    'GET /v2/token HTTP/9.9\r\nHost: localhost\r\n\r\n',
    'GET /v2/token?scope=a b:c HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'GET /v2/tok\ten HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'GET /v2/token HTTP/1.1\r\n\r\n',
    'FLY /v2/token HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  ]);
  const noise = dice.bytes(1 + dice.below(300));
  return dice.rarely(4) ? Buffer.concat([noise, Buffer.from('\r\n\r\n')]) : Buffer.from(text, 'latin1');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
