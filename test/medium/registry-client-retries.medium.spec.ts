import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryClient, type RegistryAccess, type RegistryClientOptions } from '#registry/registry-client.js';
import { FakeRegistry, type Fault } from '../fakes/registry.js';
import { freePort } from '../support/real-registry.js';

const BUSY: Fault = { status: 503, headers: { 'retry-after': '0' } };

describe(`${RegistryClient.name} and an unsteady registry`, () => {
  let registry: FakeRegistry;
  let clients: RegistryClient[];

  const sut = (options: Partial<RegistryClientOptions> = {}): RegistryClient => {
    const client = new RegistryClient({ baseUrl: registry.url, tokenFor: async () => 'token', ...options });
    clients.push(client);
    return client;
  };

  /** The faults one after the other, then the registry itself. */
  const fail = (...faults: Fault[]): void => {
    registry.fault = () => faults.shift();
  };

  beforeEach(async () => {
    clients = [];
    registry = new FakeRegistry();
    await registry.start();
    registry.putImage('team/app', 'v1');
  });

  afterEach(async () => {
    await registry.stop();
    await Promise.all(clients.map((client) => client.close()));
  });

  const cut: Fault = {
    status: 200,
    headers: { 'content-type': 'application/json', 'content-length': '500' },
    body: '{"tags":["v1"',
    cut: true,
  };
  async function* half(): AsyncGenerator<Buffer> {
    yield Buffer.from('{"tags":["v1"');
    throw new Error('the server breaks');
  }
  const cutChunks: Fault = { status: 200, headers: { 'content-type': 'application/json' }, body: half() };

  it.each<[string, Fault[]]>([
    ['it is busy', [BUSY, BUSY]],
    ['it asks for patience', [{ status: 429, headers: { 'retry-after': '0' } }]],
    ['a proxy finds no back end', [{ status: 502 }, { status: 504 }]],
    ['it fails once', [{ status: 500 }]],
    ['it hangs up', ['hangup', 'hangup']],
    ['its answer is cut short of its length', [cut]],
    ['its answer breaks off between two chunks', [cutChunks]],
  ])('reads the tags although %s', async (_, faults) => {
    fail(...faults);
    expect(await sut().tags('team/app')).toEqual({ state: 'listed', tags: ['v1'], invalid: [] });
  });

  it('gives up in the end, and says that it is temporary', async () => {
    registry.fault = () => BUSY;
    const refused = sut({ maxRetries: 2 }).tags('team/app');
    await expect(refused).rejects.toMatchObject({ code: 'HTTP_ERROR', status: 503, temporary: true, retryAfterMs: 0 });
    expect(registry.requests).toHaveLength(3);
  });

  it('does not repeat what is refused for good', async () => {
    registry.fault = () => ({ status: 403 });
    await expect(sut().tags('team/app')).rejects.toMatchObject({ status: 403, temporary: false });
    expect(registry.requests).toHaveLength(1);
  });

  it('repeats changes by digest, but not by tag: a newer push could be undone', async () => {
    const { digest, mediaType, body } = registry.putImage('team/app', 'v1').manifest;
    fail(BUSY);
    expect(await sut().putManifest('team/app', digest, mediaType, body)).toEqual({ digest });
    fail(BUSY);
    await expect(sut().putManifest('team/app', 'v1', mediaType, body)).rejects.toMatchObject({ status: 503 });
    fail(BUSY);
    await expect(sut().deleteManifest('team/app', 'v1')).rejects.toMatchObject({ status: 503 });
    fail(BUSY);
    expect(await sut().deleteManifest('team/app', digest)).toBe('deleted');
  });

  it('reports a registry that is not there as unreachable', async () => {
    const client = sut({ baseUrl: `http://127.0.0.1:${await freePort()}`, maxRetries: 1 });
    await expect(client.ping()).rejects.toMatchObject({ code: 'UNREACHABLE', temporary: true, status: null });
  });

  it('finds the registry again after its restart', async () => {
    const port = Number(new URL(registry.url).port);
    const client = sut({ maxRetries: 5 });
    await client.tags('team/app');
    await registry.stop();
    const reading = client.tags('team/app');
    await registry.start(port);
    expect(await reading).toMatchObject({ state: 'listed' });
  });

  it('asks for a token with the rights of each call, and again after a 401', async () => {
    const asked: string[] = [];
    const tokenFor = async (access: RegistryAccess[]): Promise<string> => {
      asked.push(access.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`).join(' '));
      return `token${asked.length}`;
    };
    const client = sut({ tokenFor });
    const { digest, mediaType, body } = registry.putImage('team/app', 'v1').manifest;
    await client.tags('team/app');
    await client.manifest('team/app', 'v1');
    await client.putManifest('team/app', 'v1', mediaType, body);
    await client.catalog().next();
    fail({ status: 401 });
    await client.deleteManifest('team/app', digest);
    expect(asked).toEqual([
      'repository:team/app:pull',
      'repository:team/app:pull,push',
      'registry:catalog:*',
      'repository:team/app:delete',
      'repository:team/app:delete',
    ]);
    expect(registry.requests.at(-1)?.headers.authorization).toBe('Bearer token5');
  });

  it('stops at once when it is aborted: before, while waiting for an answer, and between attempts', async () => {
    const client = sut();
    await expect(client.tags('team/app', AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect(registry.requests).toHaveLength(0);
    for (const fault of ['hang', { status: 503, headers: { 'retry-after': '30' } }] as Fault[]) {
      registry.fault = () => fault;
      registry.requests.length = 0;
      const control = new AbortController();
      const reading = client.manifest('team/app', 'v1', { signal: control.signal });
      await vi.waitFor(() => expect(registry.requests).toHaveLength(1));
      control.abort(new Error('stop'));
      await expect(reading).rejects.toThrow('stop');
    }
  });

  it('shares few connections, and one signal among many requests without a warning', async () => {
    const warnings: string[] = [];
    const warn = (warning: Error): void => void warnings.push(String(warning));
    process.on('warning', warn);
    const client = sut({ maxConnections: 3 });
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 60 }, () => client.manifest('team/app', 'v1', { signal })));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warn);
    expect(warnings).toEqual([]);
    expect(new Set(registry.requests.map((request) => request.remote)).size).toBe(3);
  });

  it('yields a page of the catalog before it asks for the next', async () => {
    for (const name of ['a', 'b', 'c']) registry.putImage(name, 'v1');
    const pages = sut({ pageSize: 2 }).catalog();
    expect(await pages.next()).toMatchObject({ value: { repositories: ['a', 'b'], next: 'b' } });
    expect(registry.requests).toHaveLength(1);
    await pages.return(undefined);
    expect(registry.requests).toHaveLength(1);
  });

  it('sends nothing for a name that is not legal, and nothing after its end', async () => {
    const client = sut();
    await expect(client.tags('../secret')).rejects.toMatchObject({ code: 'NAME_INVALID' });
    await expect(client.manifest('team/app', 'a/b')).rejects.toMatchObject({ code: 'REFERENCE_INVALID' });
    await client.close();
    await client.close();
    await expect(client.tags('team/app')).rejects.toMatchObject({ code: 'CLOSED', temporary: false });
    expect(registry.requests).toHaveLength(0);
    expect(() => sut({ baseUrl: 'http://user:secret@registry.test' })).toThrow(
      expect.objectContaining({ code: 'BAD_BASE_URL' }),
    );
  });
});
