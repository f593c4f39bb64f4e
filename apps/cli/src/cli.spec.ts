import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { VERSION } from '#platform/program/version.js';
import { certificatesOf } from '#tokens/pem.js';
import { loadKeyRing, readKeyPaths } from '#tokens/key-ring.js';
import { TokenSigner } from '#tokens/token-signer.js';
import { portus } from '../../../test/support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'portus-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

interface Generated {
  key: string;
  certificate: string;
  keyId: string;
  algorithm: string;
  validTo: string;
}
const generate = async (name: string, ...more: string[]): Promise<Generated> => {
  const { code, out } = await portus(['keys', 'generate', at(name), '--json', ...more]);
  expect(code).toBe(0);
  return JSON.parse(out) as Generated;
};

const [one, two] = [await generate('one'), await generate('two', '--kind', 'rsa', '--days', '90')];
const env = { PORTUS_KEY_PATH: one.key, PORTUS_CERT_PATH: one.certificate, PORTUS_OTHER_KEY_PATHS: two.certificate };

it('tells its version', async () => {
  const { code, out } = await portus(['--version']);
  expect([code, out]).toEqual([0, `${VERSION}\n`]);
});

describe('portus keys generate', () => {
  it('makes a key and a certificate that only their owner may read', () => {
    expect([one.algorithm, two.algorithm]).toEqual(['ES256', 'RS256']);
    for (const file of [one.key, one.certificate]) expect(statSync(file).mode & 0o777).toBe(0o600);
    const days = (Date.parse(two.validTo) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
    expect(certificatesOf(readFileSync(one.certificate, 'utf8'))[0]!.subject).toBe('CN=portus.test.lan');
  });

  it('overwrites nothing, and leaves no half of a pair', async () => {
    const before = readFileSync(one.key, 'utf8');
    expect(await portus(['keys', 'generate', at('one')])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/one\.key is not written: it exists/),
    });
    expect(readFileSync(one.key, 'utf8')).toBe(before);
    writeFileSync(at('half.crt'), 'something');
    expect((await portus(['keys', 'generate', at('half')])).code).toBe(1);
    expect(readdirSync(folder)).not.toContain('half.key');
    expect((await portus(['keys', 'generate', at('no/such/folder')])).err).toMatch(/ENOENT/);
  });

  it('tells people where the files are', async () => {
    const { out, err } = await portus(['keys', 'generate', at('three'), '--common-name', 'portus.example']);
    expect(out).toBe(`${at('three.key')}\n${at('three.crt')}\n`);
    expect(err).toMatch(/^ES256, key id ([A-Z2-7]{4}:){11}[A-Z2-7]{4}, certificate valid until /);
    expect(certificatesOf(readFileSync(at('three.crt'), 'utf8'))[0]!.subject).toBe('CN=portus.example');
  });
});

describe('portus keys bundle', () => {
  it('prints the certificates of all keys, and says which one signs', async () => {
    const { code, out, err } = await portus(['keys', 'bundle'], env);
    expect(code).toBe(0);
    expect(out).toBe(readFileSync(one.certificate, 'utf8') + readFileSync(two.certificate, 'utf8'));
    expect(err).toMatch(new RegExp(`^signs   ES256 ${one.keyId}, .*\ntrusted RS256 ${two.keyId}, `));
  });

  it('prints an object for programs', async () => {
    const { out, err } = await portus(['keys', 'bundle', '--json'], env);
    const { bundle, keys } = JSON.parse(out) as { bundle: string; keys: { keyId: string; signs: boolean }[] };
    expect(certificatesOf(bundle)).toHaveLength(2);
    expect(keys).toMatchObject([
      { keyId: one.keyId, signs: true },
      { keyId: two.keyId, signs: false, certificates: [{ validTo: two.validTo }] },
    ]);
    expect(err).toBe('');
  });

  it('replaces a file, and leaves it alone when there is nothing good to write', async () => {
    const file = at('bundle.pem');
    writeFileSync(file, 'old');
    const refused = await portus(['keys', 'bundle', '-o', file], { PORTUS_KEY_PATH: one.key });
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/no certificate is known of the key/) });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(await portus(['keys', 'bundle', '-o', file], env)).toMatchObject({ code: 0, out: '' });
    expect(certificatesOf(readFileSync(file, 'utf8'))).toHaveLength(2);
    expect((await portus(['keys', 'bundle', '-o', at('no/such/folder')], env)).code).toBe(1);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});

describe('portus keys jwks', () => {
  it('prints the public keys, and warns of tokens that carry a certificate', async () => {
    const { out, err } = await portus(['keys', 'jwks'], env);
    const { keys } = JSON.parse(out) as { keys: { kid: string; alg: string }[] };
    expect(keys.map(({ kid, alg }) => [kid, alg])).toEqual([
      [one.keyId, 'ES256'],
      [two.keyId, 'RS256'],
    ]);
    expect(err).toContain('with a jwks file alone it refuses them');
    const bare = { PORTUS_KEY_PATH: one.key };
    expect((await portus(['keys', 'jwks'], bare)).err).not.toContain('note');
    const { jwks } = JSON.parse((await portus(['keys', 'jwks', '--json'], bare)).out) as { jwks: object };
    expect(jwks).toEqual({ keys: [keys[0]] });
  });
});

describe('portus config check', () => {
  const good = {
    ...env,
    DATABASE_URL: 'postgres://portus:hidden-word@db.test/portus',
    PORTUS_PASSWORD: 'hidden-password',
    PORTUS_SECRET_KEY_BASE: 'hidden'.repeat(8),
    PORTUS_PORT_VALUE: '4000',
  };

  it('shows every setting with where it comes from, and no secret', async () => {
    const { code, out, err } = await portus(['config', 'check'], { ...good, PORTUS_PROT: '1' });
    expect(code).toBe(0);
    expect(out).toMatch(/^PORTUS_PORT +\(environment\) +4000$/m);
    expect(out).toMatch(/^PORTUS_WORKER_PORT +\(default\) +0$/m);
    expect(out).toMatch(/^REDIS_URL +\(not set\)$/m);
    expect(out).toMatch(/^DATABASE_URL +\(environment\) +\*+$/m);
    expect(out).not.toContain('hidden');
    expect(err).toContain('unknown setting PORTUS_PROT; did you mean PORTUS_PORT?');
    const { settings } = JSON.parse((await portus(['config', 'check', '--json'], good)).out) as { settings: object[] };
    expect(settings).toContainEqual({ name: 'PORTUS_PASSWORD', value: null, secret: true, from: 'environment' });
  });

  it('lists everything that is wrong at once, files and keys too', async () => {
    const bad = { ...good, PORTUS_PORT: 'x', PORTUS_PASSWORD_FILE: at('none'), PORTUS_CERT_PATH: two.certificate };
    const { code, out, err } = await portus(['config', 'check', '--json'], { ...bad, PORTUS_PASSWORD: '' });
    expect(code).toBe(78);
    const { valid, problems } = JSON.parse(out) as { valid: boolean; problems: string[] };
    expect(valid).toBe(false);
    for (const wrong of [/^PORTUS_PORT: /, /^PORTUS_PASSWORD_FILE can not be read/, /does not belong to the key/]) {
      expect(problems).toContainEqual(expect.stringMatching(wrong));
      expect(err).toMatch(new RegExp(wrong.source.replace('^', '')));
    }
  });
});

describe('portus token explain', () => {
  const { signing } = loadKeyRing(readKeyPaths(env), new Date());
  const sign = async (issuer: string, now = Date.now()) => {
    const access = [{ type: 'repository' as const, name: 'team/app', actions: ['pull', 'push'] }];
    const claims = { subject: 'alice', audience: 'registry.test', access, lifetime: 300, now };
    return (await new TokenSigner(signing, issuer).sign(claims)).token;
  };
  const ours = { ...env, PORTUS_MACHINE_FQDN: 'portus.test' };

  it('tells who may do what, and that it is good', async () => {
    const { code, out } = await portus(['token', 'explain'], ours, { stdin: await sign('portus.test') });
    expect(code).toBe(0);
    expect(out).toMatch(/subject +alice\naudience +registry\.test/);
    expect(out).toContain('access     repository team/app: pull, push\nregistries that trust the key take it');
  });

  it.each([
    ['another issuer', () => sign('other.test'), 'its issuer is not portus.test'],
    ['the past', () => sign('portus.test', Date.now() - 3_600_000), 'it has ended'],
    ['the future', () => sign('portus.test', Date.now() + 3_600_000), 'it is not valid yet'],
    ['a forger', async () => `${(await sign('portus.test')).slice(0, -8)}AAAAAAAA`, 'its signature is not of the key'],
  ])('tells why a token of %s is refused', async (_, token, reason) => {
    const file = at('a-token');
    writeFileSync(file, await token());
    expect((await portus(['token', 'explain', file], ours)).out).toContain(`refused: ${reason}`);
  });

  it('names a key that is not ours, reads a token without any key, and takes nonsense for none', async () => {
    const token = await sign('portus.test');
    const other = await portus(
      ['token', 'explain'],
      { ...ours, PORTUS_KEY_PATH: two.key, PORTUS_CERT_PATH: '', PORTUS_OTHER_KEY_PATHS: '' },
      { stdin: token },
    );
    expect(other.out).toContain('refused: it names a key that is none of this Portus');
    expect((await portus(['token', 'explain'], {}, { stdin: token })).out).toContain('alice');
    for (const stdin of ['', 'a.b.c', 'x']) expect((await portus(['token', 'explain'], ours, { stdin })).code).toBe(1);
  });
});

describe('portus', () => {
  it('lists everything that is wrong with the settings and ends with 78', async () => {
    const wrong = { PORTUS_KEY_PATH: at('none'), PORTUS_OTHER_KEY_PATHS: at('nothing') };
    const { code, out, err } = await portus(['keys', 'jwks'], wrong);
    expect([code, out]).toEqual([78, '']);
    expect(err).toMatch(/PORTUS_KEY_PATH: .*ENOENT[\s\S]*PORTUS_OTHER_KEY_PATHS: .*ENOENT/);
    expect((await portus(['keys', 'jwks'])).code).toBe(78);
  });

  it.each([
    [['--help'], 0],
    [['keys', 'bundle', '--help'], 0],
    [[], 64],
    [['keys'], 64],
    [['keys', 'lose'], 64],
    [['user', 'create'], 64],
    [['config', 'check', 'x'], 64],
    [['keys', 'bundle', '--nonsense'], 64],
    [['keys', 'generate'], 64],
    [['keys', 'generate', at('x'), '--kind', 'ed25519'], 64],
    [['keys', 'generate', at('x'), '--days', '0'], 64],
  ])('ends %j with %i', async (args, expected) => {
    const { code, out, err } = await portus(args);
    expect(code).toBe(expected);
    expect(expected === 0 ? out : err).not.toBe('');
    if (expected === 0) expect(out).toContain('78  the settings can not be used');
  });
});
