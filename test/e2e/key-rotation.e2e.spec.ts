import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { buildImage } from '../factories/image.js';
import { basic, getToken, headerOf } from '../support/ask-token.js';
import { portusCli } from '../support/portus-cli.js';
import { pushImage } from '../support/push-image.js';
import { runClient } from '../support/run-client.js';
import { scenes, type SceneOptions } from '../support/scenes.js';
import { programFile } from '../support/stack.js';
import type { Stack, TestUser } from '../support/stack-handle.js';
import { SteadyPulls } from '../support/steady-pulls.js';
import { untilTag } from '../support/world.js';

const image = buildImage({ seed: 'rotation' });
const rsa = await makeSigningKey({ commonName: 'portus.e2e.test', kind: 'rsa' });

type Settings = Record<string, string>;

async function statusWith(stack: Stack, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, accept: image.manifest.mediaType };
  const answer = await fetch(`${stack.registry.url}/v2/alice/app/manifests/v1`, { headers });
  await answer.body?.cancel();
  return answer.status;
}

async function publishedIds(stack: Stack): Promise<string[]> {
  const answer = await fetch(`${stack.url}/.well-known/jwks.json`);
  return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

/** The steps of docs/token-auth.md, in their order, while pulls go on. */
function playRotation(title: string, options: SceneOptions, certificates: boolean): void {
  scenes(title, options, (house) => {
    let alice: TestUser;
    let pulls: SteadyPulls;
    let folder: string;
    let before: { settings: Settings; keyId: string; token: string };
    let after: { settings: Settings; keyId: string };

    const tokenOfAlice = async (scope: string) => {
      const answer = await getToken(house(), { scope }, basic(alice.username, alice.password));
      expect(answer.status).toBe(200);
      return { token: answer.body.token, header: headerOf(answer) };
    };
    const namesOf = (keyPath: string, certificatePath: string): Settings =>
      certificates ? { PORTUS_KEY_PATH: keyPath, PORTUS_CERT_PATH: certificatePath } : { PORTUS_KEY_PATH: keyPath };
    /** What registries read anew at their start only. */
    const tellRegistry = async (settings: Settings): Promise<void> => {
      const { trust, trustPath } = house().signing;
      await portusCli(['keys', trust === 'jwks' ? 'jwks' : 'bundle', '--output', trustPath], settings);
      await house().registry.stop();
      await house().registry.start();
    };

    beforeAll(async () => {
      const stack = house();
      alice = await stack.createUser('alice', 'password of alice');
      const { token } = await tokenOfAlice('repository:alice/app:pull,push');
      await pushImage({ url: stack.registry.url, repository: 'alice/app', token }, 'v1', image);
      folder = await mkdtemp(join(tmpdir(), 'portus-rotation-'));
      pulls = new SteadyPulls(stack, 'alice/app', image, alice);
    });
    afterAll(async () => {
      await pulls?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it('makes a new key, and tells the registry of it while the old one signs', async () => {
      const { keyPath, certificatePath } = house().signing;
      const made = JSON.parse(await portusCli(['keys', 'generate', join(folder, 'next'), '--json'])) as Settings;
      before = { settings: namesOf(keyPath, certificatePath), keyId: '', token: '' };
      after = { settings: namesOf(made['key']!, made['certificate']!), keyId: made['keyId']! };
      const both = { ...before.settings, PORTUS_OTHER_KEY_PATHS: made['certificate']! };
      await house().restartWith(both);
      await tellRegistry(both);
      const { token, header } = await tokenOfAlice('repository:alice/app:pull');
      expect(header.kid).not.toBe(after.keyId);
      expect(header).toMatchObject(certificates ? { x5c: [expect.any(String)] } : { alg: 'RS256' });
      before = { ...before, token, keyId: header.kid! };
      expect(await publishedIds(house())).toEqual([before.keyId, after.keyId]);
      expect(await statusWith(house(), token)).toBe(200);
      await pulls.more();
    });

    it('signs with the new key, and tokens of the old one work on', async () => {
      const old = house().signing.certificatePath;
      await house().restartWith({ ...after.settings, PORTUS_OTHER_KEY_PATHS: old });
      const { token, header } = await tokenOfAlice('repository:alice/app:pull,push');
      expect(header).toMatchObject({ kid: after.keyId, alg: 'ES256' });
      expect(await publishedIds(house())).toEqual([after.keyId, before.keyId]);
      expect(await statusWith(house(), token)).toBe(200);
      expect(await statusWith(house(), before.token)).toBe(200);
      // The worker has to read the registry with a token of its own for this.
      await pushImage({ url: house().registry.url, repository: 'alice/app', token }, 'v2', image);
      await untilTag(house(), 'alice/app', 'v2', image.manifest.digest, 'alice');
      await pulls.more();
    });

    it('forgets the old key, whose tokens are refused from then on', async () => {
      await tellRegistry(after.settings);
      expect(await statusWith(house(), before.token)).toBe(401);
      const { token } = await tokenOfAlice('repository:alice/app:pull');
      expect(await statusWith(house(), token)).toBe(200);
      await pulls.more();
    });

    it('has failed no pull at any step', async () => {
      expect(await pulls.stop()).toEqual([]);
    });
  });
}

playRotation('rotation of keys with certificates', {}, true);

const jwksSite = { key: rsa, trust: 'jwks', env: { PORTUS_CERT_PATH: undefined } } as const;
playRotation('rotation of keys by a jwks file', { flavours: ['3'], stack: jwksSite }, false);

describe('a start with keys that no registry could verify', () => {
  it.each(['api', 'worker'] as const)('is refused by the %s, which lists everything that is wrong', async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'portus-bad-keys-'));
    const [keyPath, certPath] = [join(folder, 'ed25519.key'), join(folder, 'other.crt')];
    const { privateKey } = generateKeyPairSync('ed25519');
    await writeFile(keyPath, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(certPath, rsa.certificatePem);
    const env = {
      PORTUS_KEY_PATH: keyPath,
      PORTUS_CERT_PATH: certPath,
      PORTUS_OTHER_KEY_PATHS: join(folder, 'none'),
      PORTUS_REGISTRY_JWT_EXPIRATION_TIME: '0',
    };
    const { code, output } = await runClient(process.execPath, [programFile(name)], { env });
    await rm(folder, { recursive: true });
    expect(code).toBe(78);
    expect(output).toContain(`portus-${name}: configuration errors:`);
    expect(output).toMatch(/PORTUS_KEY_PATH holds a key of the kind "ed25519", which a registry can not verify/);
    expect(output).toMatch(/the certificate in PORTUS_CERT_PATH does not belong to the key/);
    expect(output).toMatch(/PORTUS_OTHER_KEY_PATHS: .* can not be read \(ENOENT\)/);
    expect(output).toMatch(/PORTUS_REGISTRY_JWT_EXPIRATION_TIME: /);
    expect(output).toMatch(/DATABASE_URL is not set/);
  });
});
