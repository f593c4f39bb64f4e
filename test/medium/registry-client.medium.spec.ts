import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RegistryClient, type RegistryClientOptions } from '#registry/registry-client.js';
import { digestOf } from '../factories/image.js';
import { FakeRegistry, type Fault, type Reply } from '../fakes/registry.js';

const MIB = 1024 * 1024;
const HTML: Reply = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>welcome</html>' };
const JSON_TYPE = { 'content-type': 'application/json' };

const failing = (code: string, facts: object = {}): object => expect.objectContaining({ code, ...facts });

/** A list of answers; the last one is given again and again. `undefined` lets the registry answer. */
function inTurn(...faults: (Fault | undefined)[]): () => Fault | undefined {
  return () => (faults.length > 1 ? faults.shift() : faults[0]);
}

describe(`${RegistryClient.name} and a hostile registry`, () => {
  let registry: FakeRegistry;
  let elsewhere: FakeRegistry;
  let clients: RegistryClient[];

  const sut = (options: Partial<RegistryClientOptions> = {}): RegistryClient => {
    const tokenFor = async (): Promise<string> => 'secret-token';
    const client = new RegistryClient({ baseUrl: registry.url, tokenFor, maxRetries: 0, ...options });
    clients.push(client);
    return client;
  };

  beforeEach(async () => {
    clients = [];
    registry = new FakeRegistry();
    elsewhere = new FakeRegistry();
    await Promise.all([registry.start(), elsewhere.start()]);
  });

  afterEach(async () => {
    await Promise.all([registry.stop(), elsewhere.stop()]);
    await Promise.all(clients.map((client) => client.close()));
  });

  describe('answers that are not what was asked for', () => {
    const nonsense: [string, Reply][] = [
      ['HTML with 200', HTML],
      ['HTML with 404', { ...HTML, status: 404 }],
      ['a plain 404', { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' }],
      ['JSON that is none', { status: 200, headers: JSON_TYPE, body: '{"tags":[' }],
      ['an unknown compression', { status: 200, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: 'x' }],
    ];

    it.each(nonsense)('never reads %s as absence or as an empty list', async (_, reply) => {
      registry.putImage('team/app', 'v1');
      registry.fault = () => reply;
      const client = sut();
      const permanent = expect.objectContaining({ temporary: false, status: reply.status });
      await expect(client.tags('team/app')).rejects.toEqual(permanent);
      await expect(client.manifest('team/app', 'v1')).rejects.toEqual(permanent);
      await expect(client.headManifest('team/app', 'v1')).rejects.toEqual(permanent);
      await expect(client.catalog().next()).rejects.toEqual(permanent);
      if (reply.status === 404) {
        await expect(client.deleteManifest('team/app', digestOf('x'))).rejects.toEqual(permanent);
      }
    });

    it('asks again with GET when HEAD says 404, and believes only that', async () => {
      registry.putImage('team/app', 'v1');
      expect(await sut().headManifest('team/app', 'v2')).toEqual({ state: 'absent', code: 'MANIFEST_UNKNOWN' });
      expect(registry.requests.map((request) => request.method)).toEqual(['HEAD', 'GET']);
      registry.fault = ({ method }) => (method === 'HEAD' ? { status: 404 } : undefined);
      expect(await sut().headManifest('team/app', 'v1')).toMatchObject({ state: 'found' });
    });

    it('does not believe "not modified" that nobody asked about', async () => {
      registry.fault = () => ({ status: 304 });
      await expect(sut().manifest('team/app', 'v1')).rejects.toEqual(failing('HTTP_ERROR', { status: 304 }));
      await expect(sut().headManifest('team/app', 'v1')).rejects.toEqual(failing('HTTP_ERROR', { status: 304 }));
    });

    it('refuses bytes that do not have the digest', async () => {
      const image = registry.putImage('team/app', 'v1');
      const { mediaType, body, digest } = image.manifest;
      const other = Buffer.from(body.toString().replace('amd64', 'arm64') + ' ');
      const headers = { 'content-type': mediaType, 'docker-content-digest': digest };
      registry.fault = ({ path }) => ({ status: 200, headers: path.includes('/blobs/') ? {} : headers, body: other });
      await expect(sut().manifest('team/app', 'v1')).rejects.toEqual(failing('DIGEST_MISMATCH'));
      const blob = sut().blob('team/app', image.config.digest, { maxBytes: 10_000 });
      await expect(blob).rejects.toEqual(failing('DIGEST_MISMATCH'));
    });

    it('sorts a server that does not speak HTTP as a bad answer', async () => {
      const ssh = createServer((socket) => socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n'));
      await new Promise<void>((resolve) => ssh.listen(0, '127.0.0.1', resolve));
      const baseUrl = `http://127.0.0.1:${(ssh.address() as AddressInfo).port}`;
      await expect(sut({ baseUrl }).ping()).rejects.toEqual(failing('BAD_ANSWER', { temporary: false }));
      await new Promise((resolve) => ssh.close(resolve));
    });
  });

  describe('answers without end', () => {
    /** 100 MB in pieces of 64 KiB; counts what was taken. */
    function flood(headers: Record<string, string>, status = 200): { reply: Reply; taken: () => number } {
      let bytes = 0;
      async function* body(): AsyncGenerator<Buffer> {
        for (; bytes < 100 * MIB; bytes += 65_536) yield Buffer.alloc(65_536, '[');
      }
      return { reply: { status, headers, body: body() }, taken: () => bytes };
    }

    const announced = { 'content-length': String(100 * MIB) };
    it.each([
      ['tags', JSON_TYPE, 8],
      ['catalog', JSON_TYPE, 8],
      ['manifest', { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }, 4],
      ['blob', {}, 1],
      ['tags', { ...JSON_TYPE, ...announced }, 0],
      ['blob', announced, 0],
    ] as const)('%s stops reading 100 MB at its limit (%o)', async (what, headers, limitMib) => {
      const { reply, taken } = flood(headers);
      registry.fault = () => reply;
      const client = sut();
      const reading = {
        tags: () => client.tags('team/app'),
        catalog: () => client.catalog().next(),
        manifest: () => client.manifest('team/app', 'v1'),
        blob: () => client.blob('team/app', digestOf('x'), { maxBytes: MIB }),
      }[what];
      await expect(reading()).rejects.toEqual(failing('TOO_LARGE', { temporary: false }));
      // Behind the limit lie only what sockets and streams hold between the two.
      expect(taken()).toBeLessThan((limitMib + 8) * MIB);
    });

    it('cuts an error body', async () => {
      const { reply, taken } = flood(JSON_TYPE, 400);
      registry.fault = () => reply;
      await expect(sut().tags('team/app')).rejects.toEqual(failing('HTTP_ERROR', { status: 400 }));
      expect(taken()).toBeLessThan(8 * MIB);
    });

    it('gives up on silence, before and within an answer, and on a trickle', async () => {
      const client = sut({ readTimeoutMs: 150 });
      const timeout = failing('TIMEOUT', { temporary: true });
      registry.fault = () => 'hang';
      await expect(client.tags('team/app')).rejects.toEqual(timeout);
      async function* drops(pause: number): AsyncGenerator<Buffer> {
        for (;;) {
          yield Buffer.from('[');
          await delay(pause);
        }
      }
      for (const pause of [20, 10_000]) {
        registry.fault = () => ({ status: 200, headers: JSON_TYPE, body: drops(pause) });
        await expect(client.tags('team/app')).rejects.toEqual(timeout);
      }
    });

    it.each([
      ['back to itself', '</v2/_catalog?n=100>; rel="next"'],
      ['to the same place again and again', '</v2/_catalog?n=100&last=b>; rel="next"'],
      ['to the same place with other words', '</v2/_catalog?last=b>; rel="next"'],
    ])('leaves a catalog that links %s', async (_, link) => {
      registry.fault = () => ({ status: 200, headers: { ...JSON_TYPE, link }, body: '{"repositories":["a","b"]}' });
      const read = async (): Promise<void> => {
        for await (const page of sut().catalog()) expect(page.next).not.toBeNull();
      };
      await expect(read()).rejects.toEqual(failing('BAD_LISTING'));
      expect(registry.requests.length).toBeLessThanOrEqual(3);
    });

    it('leaves a catalog that runs in a longer circle (trap 40)', async () => {
      registry.fault = ({ query }) => {
        const last = query.get('last') === 'b' ? 'c' : 'b';
        const link = `</v2/_catalog?last=${last}>; rel="next"`;
        return { status: 200, headers: { ...JSON_TYPE, link }, body: JSON.stringify({ repositories: [last] }) };
      };
      const read = async (): Promise<void> => {
        for await (const page of sut().catalog()) expect(page.repositories).toHaveLength(1);
      };
      await expect(read()).rejects.toEqual(failing('BAD_LISTING'));
    });
  });

  describe('attempts to send our token elsewhere (trap 41)', () => {
    it('follows no Link to another origin', async () => {
      const link = `<${elsewhere.url}/v2/_catalog?last=b>; rel="next"`;
      registry.fault = () => ({ status: 200, headers: { ...JSON_TYPE, link }, body: '{"repositories":["b"]}' });
      await expect(sut().catalog().next()).rejects.toEqual(failing('BAD_LISTING'));
      expect(elsewhere.requests).toHaveLength(0);
    });

    it('follows one redirect of a blob, without the token', async () => {
      const image = registry.putImage('team/app', 'v1');
      elsewhere.fault = () => ({ status: 200, body: image.config.body });
      const location = `${elsewhere.url}/bucket/x?X-Signature=abc`;
      registry.fault = () => ({ status: 307, headers: { location } });
      const body = await sut().blob('team/app', image.config.digest, { maxBytes: 10_000 });
      expect(body).toEqual(image.config.body);
      expect(registry.requests[0]?.headers.authorization).toBe('Bearer secret-token');
      expect(elsewhere.requests.map((request) => request.headers.authorization)).toEqual([undefined]);
    });

    it('does not follow a second redirect, and hides its signature', async () => {
      const location = `${elsewhere.url}/bucket/x?X-Signature=abc`;
      for (const server of [registry, elsewhere]) server.fault = () => ({ status: 307, headers: { location } });
      const error = await sut()
        .blob('team/app', digestOf('x'), { maxBytes: 10 })
        .catch((error: Error) => error);
      expect(error).toEqual(failing('HTTP_ERROR', { status: 307 }));
      expect(JSON.stringify(error) + String(error)).not.toContain('abc');
      expect(elsewhere.requests).toHaveLength(1);
    });

    it('keeps the token on a redirect within the registry', async () => {
      const image = registry.putImage('team/app', 'v1');
      const { digest, body } = image.config;
      registry.fault = inTurn({ status: 307, headers: { location: `/v2/team/app/blobs/${digest}` } }, undefined);
      expect(await sut().blob('team/app', digest, { maxBytes: 10_000 })).toEqual(body);
      expect(registry.requests[1]?.headers.authorization).toBe('Bearer secret-token');
    });

    it('follows no redirect of anything else', async () => {
      registry.fault = ({ path }) => ({ status: 307, headers: { location: elsewhere.url + path } });
      const client = sut();
      const refused = failing('HTTP_ERROR', { status: 307 });
      await expect(client.tags('team/app')).rejects.toEqual(refused);
      await expect(client.manifest('team/app', 'v1')).rejects.toEqual(refused);
      await expect(client.catalog().next()).rejects.toEqual(refused);
      await expect(client.deleteManifest('team/app', digestOf('x'))).rejects.toEqual(refused);
      await expect(client.ping()).rejects.toEqual(failing('NOT_A_REGISTRY'));
      expect(elsewhere.requests).toHaveLength(0);
    });

    it('pings without a token', async () => {
      await sut().ping();
      expect(registry.requests.map((request) => request.headers.authorization)).toEqual([undefined]);
    });
  });
});
