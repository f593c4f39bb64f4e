import { createPrivateKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { claimsOf, basic, getToken, headerOf } from '../support/ask-token.js';
import { DockerDaemon } from '../support/docker-daemon.js';
import { portusCli } from '../support/portus-cli.js';
import { scenes, type SceneOptions } from '../support/scenes.js';
import { untilTag } from '../support/world.js';

let daemon: DockerDaemon | undefined;
afterAll(() => daemon?.stop());

/** As `openssl genrsa` and `openssl req -x509` have made them years ago: PKCS#1, and a certificate for the registry only. */
const made = await makeSigningKey({ commonName: 'portus.old.test', kind: 'rsa' });
const keyPem = createPrivateKey(made.keyPem).export({ type: 'pkcs1', format: 'pem' }).toString();
const key = { keyPem, certificatePem: made.certificatePem };

/** What such a site sets, by the names that it has: the key, and no certificate. */
const env = {
  PORTUS_CERT_PATH: undefined,
  PORTUS_MACHINE_FQDN: undefined,
  PORTUS_MACHINE_FQDN_VALUE: 'portus.e2e.test',
  PORTUS_REGISTRY_JWT_EXPIRATION_TIME_VALUE: '15',
  PORTUS_SECRET_KEY_BASE: randomBytes(64).toString('hex'),
  PORTUS_PASSWORD: randomBytes(4).toString('hex'),
};

function playOldSite(title: string, options: SceneOptions): void {
  const needs = ['PORTUS_TEST_DOCKERD', 'PORTUS_TEST_DOCKER'];
  scenes(title, { ...options, needs }, (house, flavour) => {
    beforeAll(async () => {
      daemon ??= await DockerDaemon.start();
      await house().createUser('alice', 'password of alice');
      const { keyPath, trust, trustPath } = house().signing;
      if (trust !== 'jwks') return;
      await portusCli(['keys', 'jwks', '-o', trustPath], { PORTUS_KEY_PATH: keyPath });
      await house().registry.stop();
      await house().registry.start();
    });

    it('signs in, pushes and pulls with docker', async () => {
      const { outcome, run } = await daemon!.login(house().registryHost, 'alice', 'password of alice');
      expect(outcome.output).toMatch(/Login Succeeded/);
      const name = `${house().registryHost}/alice/old:v1`;
      await daemon!.build(name, [`an old site with registry ${flavour}`]);
      const pushed = await run('push', name);
      expect(pushed.code, pushed.output).toBe(0);
      const digest = /v1: digest: (sha256:[0-9a-f]{64})/.exec(pushed.output)?.[1];
      await untilTag(house(), 'alice/old', 'v1', digest, 'alice');
      expect((await run('rmi', name)).code).toBe(0);
      const pulled = await run('pull', name);
      expect(pulled.code, pulled.output).toBe(0);
      expect(pulled.output).toContain(`Digest: ${digest}`);
    });

    it('gets tokens that carry the key id alone, for as long as it has set', async () => {
      const scope = 'repository:alice/old:pull';
      const answer = await getToken(house(), { scope }, basic('alice', 'password of alice'));
      expect(headerOf(answer)).toEqual({ typ: 'JWT', alg: 'RS256', kid: expect.stringMatching(/^([A-Z2-7]{4}:){11}/) });
      expect(claimsOf(answer).iss).toBe('portus.e2e.test');
      expect(answer.body.expires_in).toBe(900);
    });

    it('is told at its start what registry 3.x needs', async () => {
      expect(house().api.logs()).toMatch(
        /PORTUS_CERT_PATH is not set.*registry 3\.x needs the certificate or a jwks file/,
      );
      const settings = { PORTUS_KEY_PATH: house().signing.keyPath };
      await expect(portusCli(['keys', 'bundle'], settings)).rejects.toThrow(/no certificate is known of the key/);
    });
  });
}

playOldSite('an old site with its key alone', { flavours: ['2.8'], stack: { key, env } });
playOldSite('an old site with its key alone and a jwks file', { flavours: ['3'], stack: { key, env, trust: 'jwks' } });
