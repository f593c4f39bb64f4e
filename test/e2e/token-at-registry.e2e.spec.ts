import { beforeAll, expect, it } from 'vitest';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { TokenSigner, type AccessEntry } from '#tokens/token-signer.js';
import { buildImage } from '../factories/image.js';
import { basic, getToken, headerOf } from '../support/ask-token.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import type { Stack } from '../support/stack-handle.js';

const KID = /^([A-Z2-7]{4}:){11}[A-Z2-7]{4}$/;
const PULL: AccessEntry = { type: 'repository', name: 'app', actions: ['pull'] };

const image = buildImage({ seed: 'tokens' });

async function status(stack: Stack, path: string, token: string | null, method = 'GET'): Promise<number> {
  const accept = image.manifest.mediaType;
  const headers: Record<string, string> = { accept, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${stack.registry.url}${path}`, { method, headers });
  await answer.body?.cancel();
  return answer.status;
}

const asAdmin = (stack: Stack, scope: string[]) =>
  getToken(stack, { scope }, basic(stack.admin.username, stack.admin.password));

scenes('a token at the registry', {}, (house) => {
  beforeAll(async () => {
    const token = await house().token(['repository:app:pull,push', 'repository:crew/app:pull,push']);
    for (const repository of ['app', 'crew/app']) {
      await pushImage({ url: house().registry.url, repository, token }, 'v1', image);
    }
  });

  it('carries the key id and the certificate', async () => {
    const header = headerOf(await asAdmin(house(), []));
    expect(header).toMatchObject({ typ: 'JWT', alg: 'ES256', x5c: [expect.stringMatching(/^[A-Za-z0-9+/]+=*$/)] });
    expect(header.kid).toMatch(KID);
  });

  it('opens exactly what it grants', async () => {
    const token = (await asAdmin(house(), ['repository:app:pull'])).body.token;
    expect(await status(house(), '/v2/', token)).toBe(200);
    expect(await status(house(), '/v2/app/manifests/v1', token)).toBe(200);
    expect(await status(house(), '/v2/app/blobs/uploads/', token, 'POST')).toBe(401);
    expect(await status(house(), `/v2/app/manifests/${image.manifest.digest}`, token, 'DELETE')).toBe(401);
    expect(await status(house(), '/v2/crew/app/manifests/v1', token)).toBe(401);
    expect(await status(house(), '/v2/_catalog', token)).toBe(401);
    expect(await status(house(), '/v2/app/manifests/v1', null)).toBe(401);
    const two = (await asAdmin(house(), ['repository:app:pull', 'repository:crew/app:pull'])).body.token;
    expect(await status(house(), '/v2/crew/app/tags/list', two)).toBe(200);
    const catalog = (await asAdmin(house(), ['registry:catalog:*'])).body.token;
    expect(await status(house(), '/v2/_catalog', catalog)).toBe(200);
  });

  it('of an anonymous request opens what is public', async () => {
    const token = (await getToken(house(), { scope: ['repository:app:pull', 'repository:crew/app:pull'] })).body.token;
    expect(await status(house(), '/v2/app/manifests/v1', token)).toBe(200);
    expect(await status(house(), '/v2/crew/app/manifests/v1', token)).toBe(401);
  });

  it('opens nothing when it is of another key, for another service, or too old', async () => {
    const sign = async (more: {
      key?: boolean;
      audience?: string;
      ageMs?: number;
      issuer?: string;
    }): Promise<string> => {
      const { keyPem, certificatePem } = more.key ? await makeSigningKey({ commonName: 'other' }) : house().signing;
      const key = loadSigningKey(keyPem, certificatePem, new Date());
      const signer = new TokenSigner(key, more.issuer ?? 'portus.e2e.test');
      const { audience = house().registryHost, ageMs = 0 } = more;
      const now = Date.now() - ageMs;
      const { token } = await signer.sign({ subject: 'mallory', audience, access: [PULL], lifetime: 300, now });
      return token;
    };
    const path = '/v2/app/manifests/v1';
    expect(await status(house(), path, await sign({}))).toBe(200);
    expect(await status(house(), path, await sign({ key: true }))).toBe(401);
    expect(await status(house(), path, await sign({ audience: 'other' }))).toBe(401);
    expect(await status(house(), path, await sign({ issuer: 'other' }))).toBe(401);
    expect(await status(house(), path, await sign({ ageMs: 365_000 }))).toBe(401);
  });

  it('is verified by the published keys', async () => {
    const answer = await fetch(`${house().url}/.well-known/jwks.json`);
    const { keys } = (await answer.json()) as { keys: Record<string, string>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    expect(keys[0]!['kid']).toBe(headerOf(await asAdmin(house(), [])).kid);
    expect(keys[0]).not.toHaveProperty('d');
  });
});
