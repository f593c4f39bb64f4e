import { randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, claimsOf, getToken } from '../support/ask-token.js';
import { DockerDaemon } from '../support/docker-daemon.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import type { Outcome } from '../support/run-client.js';
import type { Flavour } from '../support/scenes.js';
import { Skopeo } from '../support/skopeo.js';
import { SlowLink } from '../support/slow-link.js';
import { REGISTRY_PROGRAMS, startStack } from '../support/stack.js';
import type { Stack, TestUser } from '../support/stack-handle.js';
import { untilTag } from '../support/world.js';

/** A token of 60 s is good for 120, since registries allow as much again; this upload needs more than both. */
const UPLOAD_SECONDS = 123;
const LAYER_BYTES = 1_500_000;
const RATE = LAYER_BYTES / UPLOAD_SECONDS;
const PATIENCE_MS = 230_000;

const NEEDS = ['PORTUS_TEST_REDIS_BIN', 'PORTUS_TEST_DOCKERD', 'PORTUS_TEST_DOCKER', 'PORTUS_TEST_SKOPEO'];
const FLAVOURS = ['2.8', '3'] as const satisfies Flavour[];
const missingOf = (flavour: Flavour): string[] =>
  [REGISTRY_PROGRAMS[flavour], ...NEEDS].filter((name) => !process.env[name]);

interface Upload {
  link: SlowLink;
  /** Repository of alice. */
  name: string;
  outcome: Promise<Outcome>;
}

interface Site {
  stack: Stack;
  alice: TestUser;
  uploads: Upload[];
}

// All of them at once: each does nothing but wait.
describe('an upload that outlasts its token and all leeway (trap 44)', () => {
  const sites = new Map<Flavour, Site>();
  let daemon: DockerDaemon | undefined;

  async function openSite(flavour: Flavour): Promise<void> {
    const env = { PORTUS_REGISTRY_JWT_PUSH_EXPIRATION_TIME: '1' };
    const stack = await startStack({ registry: flavour, env });
    const site: Site = { stack, alice: await stack.createUser('alice', 'password of alice'), uploads: [] };
    sites.set(flavour, site);
    for (const begin of [pushWithDocker, pushWithSkopeo]) {
      const link = await SlowLink.open(stack.registry.port, RATE);
      site.uploads.push(await begin(site, link));
    }
  }

  async function pushWithDocker({ alice }: Site, link: SlowLink): Promise<Upload> {
    const host = `localhost:${link.port}`;
    const { outcome, run } = await daemon!.login(host, alice.username, alice.password);
    expect(outcome.code, outcome.output).toBe(0);
    await daemon!.build(`${host}/alice/docker:v1`, [randomBytes(LAYER_BYTES)]);
    return { link, name: 'docker', outcome: run('push', `${host}/alice/docker:v1`) };
  }

  async function pushWithSkopeo({ alice }: Site, link: SlowLink): Promise<Upload> {
    const skopeo = await Skopeo.as(`localhost:${link.port}`, alice);
    const image = buildCompressedImage({ seed: 'slow', layers: [randomBytes(LAYER_BYTES)] });
    const outcome = skopeo.pushImage('alice/skopeo:v1', image).finally(() => skopeo.remove());
    return { link, name: 'skopeo', outcome };
  }

  beforeAll(async () => {
    const possible = FLAVOURS.filter((flavour) => missingOf(flavour).length === 0);
    if (possible.length > 0) daemon = await DockerDaemon.start();
    await Promise.all(possible.map(openSite));
  });
  afterAll(async () => {
    for (const { stack, uploads } of sites.values()) {
      for (const { link } of uploads) await link.close();
      await stack.stop();
    }
    await daemon?.stop();
  });

  describe.each(FLAVOURS)('registry %s', (flavour) => {
    const missing = missingOf(flavour);
    const needs = missing.length > 0 ? ` (needs ${missing.join(', ')})` : '';
    it.skipIf(missing.length > 0)(
      `succeeds with docker and with skopeo${needs}`,
      async () => {
        const { stack, uploads } = sites.get(flavour)!;
        for (const { link, name, outcome } of uploads) {
          const { code, output } = await outcome;
          expect(code, `${name}: ${output}`).toBe(0);
          await untilTag(stack, `alice/${name}`, 'v1', undefined, 'alice');
          const ended = link.tokens.filter(({ token, endedAt }) => endedAt > (decodeJwt(token).exp! + 60) * 1000);
          expect(ended, `${name} ended with a token that was still good`).toHaveLength(1);
          // What began with it went on; what begins with it now does not, so the rest came with another one.
          const headers = { authorization: `Bearer ${ended[0]!.token}` };
          const late = await fetch(`${stack.registry.url}/v2/alice/${name}/tags/list`, { headers });
          expect(late.status).toBe(401);
          expect(link.tokens.at(-1)!.token).not.toBe(ended[0]!.token);
        }
      },
      PATIENCE_MS,
    );

    it.skipIf(missing.length > 0)(`gives pulls and pushes their own lifetimes${needs}`, async () => {
      const { stack, alice } = sites.get(flavour)!;
      for (const [scope, seconds] of [
        ['repository:alice/docker:pull', 300],
        ['repository:alice/docker:pull,push', 60],
      ] as const) {
        const answer = await getToken(stack, { scope }, basic(alice.username, alice.password));
        const { iat, exp, nbf } = claimsOf(answer);
        expect(answer.body.expires_in).toBe(seconds);
        expect([exp - iat, iat - nbf, Date.parse(answer.body.issued_at)]).toEqual([seconds, 30, iat * 1000]);
      }
    });
  });
});
