import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SyncRunner } from '#catalog/sync-runner.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { FakeRegistry, type Fault } from '../fakes/registry.js';
import { pageBy } from '../support/pages.js';
import { CatalogBench } from '../support/catalog-bench.js';

const silent = { silent: true };
const JSON_TYPE = { 'content-type': 'application/json' };
const json = (value: unknown, headers: Record<string, string> = {}): Fault => ({
  status: 200,
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify(value),
});

async function* flood(): AsyncGenerator<Buffer> {
  for (let bytes = 0; bytes < 100 * 1024 * 1024; bytes += 65_536) yield Buffer.alloc(65_536, '[');
}

let bench: CatalogBench;
let elsewhere: FakeRegistry;

beforeAll(async () => {
  bench = await CatalogBench.create({ readTimeoutMs: 600, connectTimeoutMs: 600, maxRetries: 0 });
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset({ flavour: '3' });
  elsewhere = new FakeRegistry();
  await elsewhere.start();
  for (let i = 0; i < 3; i++) bench.fake.putImage(`team/app-${i}`, 'v1', { seed: `${i}`, ...silent });
  await bench.sync('deep', 'update-delete');
});
afterEach(() => elsewhere.stop());

const problem = async () => {
  const { lastErrorCode, failingSince } = (await bench.registries.find(bench.registry.id))!;
  return failingSince === null ? null : lastErrorCode;
};
const redirect = (): Fault => ({ status: 302, headers: { location: `${elsewhere.url}/v2/_catalog` }, body: '' });

/** What it does, what a sync that meets it in the catalog says of the registry. */
const MISCHIEF: [string, () => Fault, string][] = [
  ['answers HTML', () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }), 'BAD_LISTING'],
  ['answers broken JSON', () => ({ status: 200, headers: JSON_TYPE, body: '{"tags":[' }), 'BAD_LISTING'],
  ['answers another shape', () => json({ name: 7, repositories: 'all', tags: { a: 1 } }), 'BAD_LISTING'],
  ['answers 500', () => ({ status: 500, headers: JSON_TYPE, body: '{}' }), 'HTTP_ERROR'],
  [
    'answers what can not be stored',
    () => ({ status: 400, headers: JSON_TYPE, body: '{"errors":[{"code":"BAD","message":"a\\u0000\\ud800"}]}' }),
    'BAD',
  ],
  ['sends 100 MB', () => ({ status: 200, headers: JSON_TYPE, body: flood() }), 'TOO_LARGE'],
  ['says nothing', () => 'hang', 'TIMEOUT'],
  ['hangs up', () => 'hangup', 'CONNECTION_LOST'],
  ['redirects to another host', redirect, 'HTTP_ERROR'],
  [
    'links to another host',
    () =>
      json({ repositories: ['team/app-0'], tags: [] }, { link: `<${elsewhere.url}/v2/_catalog?last=a>; rel="next"` }),
    'BAD_LISTING',
  ],
  [
    'runs in a circle',
    () => json({ repositories: ['team/app-0'], tags: [] }, { link: '</v2/_catalog?n=10>; rel="next"' }),
    'BAD_LISTING',
  ],
  [
    'cuts an answer',
    () => ({
      status: 200,
      headers: { ...JSON_TYPE, 'content-length': '500' },
      body: '{"repositories":[],"tags":[]',
      cut: true,
    }),
    'CONNECTION_LOST',
  ],
];

describe(`${SyncRunner.name} and a registry that`, () => {
  it.each(MISCHIEF)('%s: nothing goes or moves, and it is told why', async (_, fault, code) => {
    const misbehaves = (where: string) => {
      bench.fake.fault = ({ path }) => (path.includes(where) ? fault() : undefined);
      return bench.sync('deep', 'update-delete');
    };
    expect(await misbehaves('/v2/_catalog')).toMatchObject({ state: 'failed', outcome: expect.stringMatching(/./) });
    expect(await problem()).toBe(code);
    // Twice: what is confirmed goes in the second run.
    for (let i = 0; i < 2; i++) {
      const run = await misbehaves('/tags/list');
      expect(run).toMatchObject({ state: 'done', done: 3, failed: 3, changes: {} });
      const { items } = await bench.differences.ofRun(run.id, pageBy('id'));
      expect(items.map(({ tag, kind }) => [tag, kind])).toEqual([1, 2, 3].map(() => [null, 'unanswered']));
    }
    expect(await misbehaves('/manifests/')).toMatchObject({ failed: 3, changes: {} });
    expect(await problem()).toBe('INCOMPLETE');
    expect(await bench.stored()).toEqual(bench.held());
    expect(elsewhere.requests).toEqual([]);
    bench.fake.fault = null;
    expect((await bench.sync('deep', 'update-delete')).state).toBe('done');
    expect(await problem()).toBeNull();
  });

  it('lists names that are none: they are shown, never asked for, and nothing is called equal', async () => {
    const before = await bench.database.value('SELECT digests_equal_at FROM registries');
    const names = ['../../etc/passwd', 'UPPER', 'a\u0000b', '\ud800', 'x'.repeat(2_000), 'team/app-0'];
    bench.fake.fault = ({ path }) => {
      if (path === '/v2/_catalog') return json({ repositories: names });
      return path === '/v2/team/app-0/tags/list' ? json({ name: 'team/app-0', tags: ['v1', '..', 'b/c'] }) : undefined;
    };
    bench.fake.requests.length = 0;
    for (let i = 0; i < 2; i++) expect((await bench.sync('deep', 'update-delete')).state).toBe('done');
    const run = await bench.lastRun();
    const { items } = await bench.differences.ofRun(run.id, pageBy('id'));
    expect(items.filter(({ kind }) => kind === 'illegal_name')).toHaveLength(7);
    expect(bench.fake.requests.filter(({ path }) => /passwd|UPPER|x{9}|\.\./.test(path))).toEqual([]);
    expect(await bench.stored()).toEqual(bench.held());
    expect(await bench.database.value('SELECT digests_equal_at FROM registries')).toEqual(before);
  });

  it('presents a certificate that nobody vouches for: it gets no token, and nothing goes', async () => {
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: '127.0.0.1' });
    const seen: unknown[] = [];
    const server = createServer({ key: keyPem, cert: certificatePem }, (request, response) => {
      seen.push(request.headers);
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const hostname = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      await bench.database.sql.query('UPDATE registries SET use_ssl = true, hostname = $1', [hostname]);
      expect((await bench.sync('deep', 'update-delete')).state).toBe('failed');
      expect(await problem()).toBe('TLS_FAILED');
      expect(seen).toEqual([]);
      expect(Object.keys(await bench.stored())).toHaveLength(3);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('hangs does not keep another registry from being synchronized', async () => {
    const hanging = bench.registry;
    const other = await bench.addRegistry(elsewhere.hostPort);
    elsewhere.putImage('other/app', 'v1', silent);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    bench.fake.gate = ({ path }) => (path.endsWith('/tags/list') ? released : undefined);
    bench.fake.fault = ({ path }) => (path.endsWith('/tags/list') ? 'hang' : undefined);
    await bench.runs.request(hanging.id, 'deep:9', 'deep', 'update');
    await bench.runs.request(other.id, 'deep:9', 'deep', 'update');
    const running = bench.runner().ring();
    const state = async (id: number) => (await bench.runs.latest(id, 1))[0]?.['state'];
    await expect.poll(() => state(other.id), { timeout: 20_000 }).toBe('done');
    release();
    await running;
    expect((await bench.runs.latest(hanging.id, 1))[0]).toMatchObject({ state: 'done', failed: 3 });
  });
});
