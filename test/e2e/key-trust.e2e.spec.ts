import { createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY_KINDS, makeSigningKey } from '#tokens/make-signing-key.js';
import { bundleOf, jwksOf, readPublishedKeys } from '#tokens/published-key.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { TokenSigner } from '#tokens/token-signer.js';
import { TestAuthority } from '../factories/certificate.js';
import { startRealRegistry } from '../support/real-registry.js';
import { REGISTRY_PROGRAMS } from '../support/stack.js';
import { until } from '../support/until.js';

/** What a registry is given to know keys by, and what a token carries. */
type Trust = 'bundle' | 'bundle of another key' | 'bundle of the authority' | 'jwks file';
type Header = 'kid' | 'kid and certificate' | 'kid and chain';

interface Case {
  header: Header;
  trust: Trust;
  /** true: it is believed; else what the registry logs. */
  '2.8'?: true | RegExp;
  '3': true | RegExp;
}

const STRANGE_CERTIFICATE = /certificate signed by unknown authority/;
const STRANGE_KEY = /token signed by untrusted key with ID/;
/** docs/token-auth.md tells administrators so. */
const CASES: Case[] = [
  { header: 'kid and certificate', trust: 'bundle', '2.8': true, '3': true },
  { header: 'kid', trust: 'bundle', '2.8': true, '3': STRANGE_KEY },
  { header: 'kid', trust: 'jwks file', '3': true },
  { header: 'kid and certificate', trust: 'jwks file', '3': STRANGE_CERTIFICATE },
  { header: 'kid and chain', trust: 'bundle of the authority', '2.8': true, '3': true },
  {
    header: 'kid and certificate',
    trust: 'bundle of another key',
    '2.8': STRANGE_CERTIFICATE,
    '3': STRANGE_CERTIFICATE,
  },
  { header: 'kid', trust: 'bundle of another key', '2.8': STRANGE_KEY, '3': STRANGE_KEY },
];

const other = await makeSigningKey({ commonName: 'other' });
const root = await TestAuthority.make('root');
const middle = await TestAuthority.make('middle', root);

const REGISTRIES = (['2.8', '3'] as const).map((flavour) => {
  const program = REGISTRY_PROGRAMS[flavour];
  return { flavour, program, binary: process.env[program] };
});

describe.each(REGISTRIES)('what registry $flavour believes (needs $program)', ({ flavour, binary }) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portus-trust-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe.skipIf(binary === undefined).each(KEY_KINDS)('of a key of the kind %s', async (kind) => {
    const made = await makeSigningKey({ commonName: 'portus', kind });
    const chain = (await middle.certificateOf('portus', createPublicKey(made.keyPem))) + middle.certificatePem;
    const headers: Record<Header, string | null> = {
      kid: null,
      'kid and certificate': made.certificatePem,
      'kid and chain': chain,
    };

    const trusted = async (trust: Trust): Promise<{ rootcertbundle: string } | { jwks: string }> => {
      const mine = readPublishedKeys(made.certificatePem, 'mine').keys;
      const texts: Record<Trust, string> = {
        bundle: bundleOf([...readPublishedKeys(other.certificatePem, 'other').keys, ...mine]),
        'bundle of another key': other.certificatePem,
        'bundle of the authority': root.certificatePem,
        'jwks file': JSON.stringify(await jwksOf(mine)),
      };
      const path = join(folder, 'trust');
      await writeFile(path, texts[trust]);
      return trust === 'jwks file' ? { jwks: path } : { rootcertbundle: path };
    };

    it.each(CASES.filter((one) => flavour in one))('a token with $header, by a $trust', async (one) => {
      const auth = { realm: 'http://127.0.0.1:9/v2/token', service: 'S', issuer: 'I', ...(await trusted(one.trust)) };
      const registry = await startRealRegistry({ binary: binary!, auth });
      try {
        // The reasons are told at this level, the refusals themselves as warnings.
        const config = await readFile(registry.configPath, 'utf8');
        await registry.stop();
        await writeFile(registry.configPath, config.replace('"level": "error"', '"level": "info"'));
        await registry.start();
        const signer = new TokenSigner(loadSigningKey(made.keyPem, headers[one.header], new Date()), 'I');
        const request = { subject: 'alice', audience: 'S', access: [], lifetime: 60, now: Date.now() };
        const { token } = await signer.sign(request);
        const answer = await fetch(`${registry.url}/v2/`, { headers: { authorization: `Bearer ${token}` } });
        const expected = one[flavour]!;
        expect(answer.status).toBe(expected === true ? 200 : 401);
        if (expected !== true) await until(`it logs ${expected}`, () => expected.test(registry.logs()));
      } finally {
        await registry.remove();
      }
    });
  });
});
