import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { RegistryClients } from '#catalog/registry-clients.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { TokenSigner } from '#tokens/token-signer.js';

const made = await makeSigningKey({ commonName: 'portus.test' });
const signer = new TokenSigner(loadSigningKey(made.keyPem, null, new Date()), 'portus.test');
const settings = { connectTimeoutMs: 2_000, readTimeoutMs: 10_000, pageSize: 10, maxConnections: 2 };

let server: Server;
const clients = new RegistryClients(signer, settings);

/** A registry that asks for tokens of `service`, and notes the audience of those that it is sent. */
async function listen(service: string): Promise<{ hostname: string; audiences: unknown[] }> {
  const audiences: unknown[] = [];
  server = createServer((request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const headers = { 'content-type': 'application/json', 'docker-distribution-api-version': 'registry/2.0' };
    if (token === undefined) {
      const challenge = `Bearer realm="http://p.test/v2/token",service="${service}"`;
      response
        .writeHead(401, { ...headers, 'www-authenticate': challenge })
        .end('{"errors":[{"code":"UNAUTHORIZED"}]}');
      return;
    }
    audiences.push(decodeJwt(token).aud);
    response.writeHead(200, headers).end('{"name":"app","tags":["v1"]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { hostname: `127.0.0.1:${(server.address() as AddressInfo).port}`, audiences };
}

afterEach(async () => {
  await clients.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe(RegistryClients.name, () => {
  it('signs for the service that the registry asks for, when it is one of its own names', async () => {
    const { hostname, audiences } = await listen('registry.example.test');
    const client = clients.of({ id: 1, hostname, externalHostname: 'registry.example.test', useSsl: false });
    expect(await client.tags('app')).toMatchObject({ tags: ['v1'] });
    expect(audiences).toEqual(['registry.example.test']);
  });

  it('never signs for the name of another registry, however it is asked', async () => {
    const { hostname, audiences } = await listen('another-registry.test');
    const client = clients.of({ id: 2, hostname, externalHostname: 'registry.example.test', useSsl: false });
    await client.tags('app');
    expect(audiences).toEqual([hostname]);
  });
});
