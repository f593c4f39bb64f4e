import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Agent, fetch as fetchWith } from 'undici';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { buildImage } from '../factories/image.js';
import { makeServerCertificate } from '../factories/server-certificate.js';
import { quietPort } from '../support/ports.js';
import { Program } from '../support/program.js';
import { pushImage } from '../support/push-image.js';
import { runClient, type Outcome } from '../support/run-client.js';
import { type Flavour, scenes } from '../support/scenes.js';
import { programFile, REGISTRY_PROGRAMS } from '../support/stack.js';
import type { Stack } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { untilTag } from '../support/world.js';

interface Finding {
  check: string;
  about: string;
  state: string;
  message: string;
  change: string | null;
}

const image = buildImage({ seed: 'doctor' });

/** A registry that runs with a file as it was printed, or spoiled. */
function registryOf(flavour: Flavour, config: string, url: string): Program {
  const isReady = async (): Promise<boolean> => {
    const answer = await fetchWith(`${url}/v2/`, { dispatcher: anyCertificate, signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.status === 200 || answer.status === 401;
  };
  const env = { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none', OTEL_SDK_DISABLED: 'true' };
  return new Program({
    name: 'registry',
    file: process.env[REGISTRY_PROGRAMS[flavour]]!,
    args: ['serve', config],
    env,
    isReady,
  });
}
const anyCertificate = new Agent({ connect: { rejectUnauthorized: false } });

scenes('portus registry config and portus doctor', { stack: { strategy: 'update' } }, (house, flavour) => {
  let folder: string;
  let good: string;
  let env: Record<string, string>;
  let registry: Program;
  const at = (name: string): string => join(folder, name);

  const cli = (args: string[], changes: Record<string, string> = {}): Promise<Outcome> =>
    runClient(process.execPath, [programFile('portus'), ...args], { env: { ...env, ...changes } });
  const config = (name: string, ...more: string[]): Promise<Outcome> => {
    const files = ['--webhook-secret-file', at('secret'), '--bundle', house().signing.trustPath, '-o', at(name)];
    const places = ['--portus-url', house().url, '--storage', at('data')];
    return cli(['registry', 'config', 'e2e', '--registry-version', flavour, ...files, ...places, ...more]);
  };
  /** The registry's file with one line changed, and the registry started anew with it. */
  const spoil = async (line: RegExp, by: string): Promise<void> => {
    expect(good).toMatch(line);
    await registry.stop();
    await writeFile(at('config.yml'), good.replace(line, by));
    await registry.start();
  };
  const doctor = async (args: string[] = [], changes: Record<string, string> = {}) => {
    const { code, stdout, output } = await cli(['doctor', '--json', '--patience', '3', ...args], changes);
    if (!stdout.startsWith('{')) throw new Error(`the doctor said ${code}: ${output}`);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const bad = findings.filter(({ state }) => state !== 'ok');
    return { code, findings, of: (check: string) => bad.find((one) => one.check === check) };
  };

  beforeAll(async () => {
    const stack: Stack = house();
    folder = await mkdtemp(join(tmpdir(), 'portus-doctor-'));
    await writeFile(at('secret'), `${stack.webhookSecret}\n`);
    env = stack.programEnvironment();
    await stack.registry.stop();
    const made = await config('printed.yml', '--address', `127.0.0.1:${new URL(`http://${stack.registryHost}`).port}`);
    expect(made.output).toBe('');
    good = await readFile(at('printed.yml'), 'utf8');
    await writeFile(at('config.yml'), good);
    registry = registryOf(flavour, at('config.yml'), `http://${stack.registryHost}`);
    await registry.start();
  });
  afterAll(async () => {
    await registry?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => writeFile(at('config.yml'), good));

  it('prints a file with which the registry runs, is pushed to, reports it, and deletes', async () => {
    const token = await house().token(['repository:admin/app:pull,push,delete']);
    await pushImage({ url: `http://${house().registryHost}`, repository: 'admin/app', token }, 'v1', image);
    await untilTag(house(), 'admin/app', 'v1', image.manifest.digest, 'admin');
  });

  it('prints one with TLS, too', async () => {
    const { keyPem, certificatePem } = await makeServerCertificate('localhost');
    await writeFile(at('tls.key'), keyPem, { mode: 0o600 });
    await writeFile(at('tls.crt'), certificatePem);
    const port = await quietPort();
    const tls = ['--tls-certificate', at('tls.crt'), '--tls-key', at('tls.key'), '--address', `127.0.0.1:${port}`];
    expect((await config('tls.yml', ...tls)).code).toBe(0);
    const secure = registryOf(flavour, at('tls.yml'), `https://localhost:${port}`);
    await secure.start();
    const authorization = `Bearer ${await house().token([])}`;
    const dispatcher = new Agent({ connect: { ca: certificatePem } });
    const answer = await fetchWith(`https://localhost:${port}/v2/`, { dispatcher, headers: { authorization } });
    expect(answer.status).toBe(200);
    await dispatcher.close();
    await secure.stop();
  });

  it('finds nothing wrong with a house that is as it should be', async () => {
    const { code, findings } = await doctor(['--portus-url', house().url]);
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    const checks = ['reach', 'clock', 'service', 'realm', 'token', 'catalog', 'delete', 'webhook', 'worker'];
    expect(findings.filter(({ about }) => about === 'e2e').map(({ check }) => check)).toEqual(checks);
    expect(code).toBe(0);
    const shown = await cli(['doctor', 'e2e']);
    expect(shown.stdout).toMatch(/^ok {4}portus keys: ES256, key id /);
    expect(shown.stdout).toMatch(/^ok {4}e2e worker: a worker handles them$/m);
  });

  it('leaves nothing of itself in the catalog', async () => {
    const names = async (): Promise<boolean> => {
      const { body } = await house().get<{ full_name: string }[]>('/repositories?all=true');
      return body.length === 1 && body[0]!.full_name === 'admin/app';
    };
    await until('the catalog holds the pushed image alone', names, { timeoutMs: 20_000 });
  });

  const realm = /realm: "[^"]*"/;
  it.each<[string, RegExp, string, string, RegExp, RegExp]>([
    [
      'another service',
      /service: "[^"]*"/,
      'service: "other.test"',
      'service',
      /"other\.test"/,
      /auth\.token\.service: "localhost:\d+"/,
    ],
    [
      'a realm that is nowhere',
      realm,
      'realm: "http://127.0.0.1:1/v2/token"',
      'realm',
      /can not be reached/,
      /auth\.token\.realm: /,
    ],
    [
      'an issuer that can be guessed',
      /issuer: "[^"]*"/,
      'issuer: "portus.test.lan"',
      'token',
      /issuer portus\.test\.lan/,
      /auth\.token\.issuer: "portus\.e2e\.test"/,
    ],
    [
      'an issuer that can not',
      /issuer: "[^"]*"/,
      'issuer: "whoever"',
      'token',
      /or expects another issuer/,
      /auth\.token\.issuer: "portus\.e2e\.test"/,
    ],
    ['no authentication', /auth:\n(?: {2}.*\n)+/, '', 'service', /asks for no token/, /portus registry config e2e/],
    [
      'deletes switched off',
      /enabled: true # who may.*/,
      'enabled: false',
      'delete',
      /deletes nothing/,
      /storage\.delete\.enabled: true/,
    ],
    [
      'another webhook secret',
      /Bearer [^"]*/,
      'Bearer a-secret-of-nobody',
      'webhook',
      /did not arrive/,
      /Authorization: \["Bearer /,
    ],
    [
      'another webhook address',
      /\/v2\/webhooks\/events/,
      '/v2/nowhere',
      'webhook',
      /did not arrive/,
      /notifications\.endpoints\[\]\.url: /,
    ],
  ])('names the line of a registry with %s', async (_, line, by, check, message, change) => {
    await spoil(line, by);
    const { code, of } = await doctor();
    expect(of(check)).toMatchObject({
      about: 'e2e',
      message: expect.stringMatching(message),
      change: expect.stringMatching(change),
    });
    expect([code, of(check)!.state]).toEqual(check === 'delete' ? [0, 'warning'] : [3, 'wrong']);
  });

  it('names the bundle of a registry that trusts another key', async () => {
    const other = await makeSigningKey({ commonName: 'other' });
    await writeFile(at('other.pem'), other.certificatePem);
    await spoil(/rootcertbundle: "[^"]*"/, `rootcertbundle: ${JSON.stringify(at('other.pem'))}`);
    const { code, of } = await doctor();
    expect(code).toBe(3);
    expect(of('token')).toMatchObject({
      message: expect.stringMatching(/does not trust the key/),
      change: expect.stringMatching(/^portus keys bundle -o/),
    });
  });

  it('tells a realm of another Portus, and one that is not where it is meant to be', async () => {
    await spoil(realm, `realm: "http://${house().registryHost}/v2/token"`);
    expect((await doctor(['--no-canary'])).of('realm')).toMatchObject({
      state: 'wrong',
      message: expect.stringMatching(/answers 404|other keys/),
    });
    await spoil(realm, realm.exec(good)![0]);
    const elsewhere = await doctor(['--no-canary', '--portus-url', 'https://portus.elsewhere.test']);
    expect(elsewhere.of('realm')!.change).toContain('auth.token.realm: "https://portus.elsewhere.test/v2/token"');
    expect(elsewhere.of('webhook')).toMatchObject({ state: 'skipped' });
  });

  it('tells a clock that is off, and what it does to tokens', async () => {
    const shift = 'const now=Date.now;Date.now=()=>now()+';
    const shifted = (ms: number) => ({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift + String(ms))}`,
    });
    const { code, of } = await doctor(['--no-canary'], shifted(600_000));
    expect(code).toBe(3);
    expect(of('clock')).toMatchObject({
      message: expect.stringMatching(/600 s behind|599 s behind/),
      change: 'set the clock of Portus',
    });
    expect(of('token')).toMatchObject({ message: expect.stringMatching(/clock is (600|599) s behind/) });
  });

  it('tells what is wrong with Portus itself', async () => {
    const { of } = await doctor(['--no-canary'], {
      REDIS_URL: 'redis://127.0.0.1:1',
      PORTUS_PASSWORD: 'another password',
      PORTUS_PROT: '1',
    });
    expect(of('queue')).toMatchObject({ state: 'wrong', change: expect.stringContaining('REDIS_URL=') });
    expect(of('account')).toMatchObject({ state: 'warning', change: 'portus api-account' });
    expect(of('settings')).toMatchObject({ message: expect.stringContaining('PORTUS_PROT') });
    const bare = await doctor(['--no-canary'], { PORTUS_CERT_PATH: '' });
    expect(bare.of('keys')).toMatchObject({ change: expect.stringContaining('PORTUS_CERT_PATH=') });
    const bad = await cli(['doctor'], { PORTUS_PORT: 'x', PORTUS_CERT_PATH: at('none') });
    expect(bad.code).toBe(78);
    expect(bad.output).toMatch(/PORTUS_PORT: [\s\S]*PORTUS_CERT_PATH: /);
    const [last] = await house().sql<{ name: string }>('SELECT name FROM migrations ORDER BY id DESC LIMIT 1');
    await house().sql(`UPDATE migrations SET name = 'FromTheFuture1' WHERE name = $1`, [last!.name]);
    expect((await doctor()).of('schema')).toMatchObject({ state: 'wrong', change: 'npm run db:migrate' });
    await house().sql(`UPDATE migrations SET name = $1 WHERE name = 'FromTheFuture1'`, [last!.name]);
  });

  it('misses the worker, and the registry', async () => {
    await Promise.all(house().workers.map((worker) => worker.stop()));
    const { of } = await doctor();
    expect(of('worker')).toMatchObject({ state: 'wrong', message: 'no worker handles them' });
    await registry.stop();
    const gone = await doctor();
    expect(gone.of('reach')).toMatchObject({ state: 'wrong', message: expect.stringMatching(/does not answer/) });
    expect(gone.findings.at(-1)!.check).toBe('reach');
  });
});
