import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashWebhookSecret } from '#persistence/registries.repository.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { FakeRegistry } from '../fakes/registry.js';
import { portus, portusJson } from '../support/run-cli.js';
import { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const folder = mkdtempSync(join(tmpdir(), 'portus-cli-registries-'));
const at = (name: string): string => join(folder, name);
let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await TestDatabase.create();
  const { keyPem, certificatePem } = await makeSigningKey({ commonName: 'portus.test' });
  writeFileSync(at('portus.key'), keyPem);
  writeFileSync(at('portus.crt'), certificatePem);
  env = {
    DATABASE_URL: database.url,
    PORTUS_KEY_PATH: at('portus.key'),
    PORTUS_CERT_PATH: at('portus.crt'),
    PORTUS_MACHINE_FQDN: 'portus.test',
  };
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

const secretOf = (text: string): string => /Bearer ([\w-]+)/.exec(text)?.[1] ?? '';
const hashes = () =>
  database.sql.query<{ now: Buffer; former: Buffer | null }>(
    'SELECT webhook_secret_hash AS now, webhook_secret_previous_hash AS former FROM registries ORDER BY id LIMIT 1',
  );

describe('portus registry create', () => {
  it('makes a registry that answers, and prints its webhook secret this once', async () => {
    const registry = new FakeRegistry();
    await registry.start();
    const hostname = registry.hostPort;
    const made = await portusJson<{ webhook_secret: string }>(['registry', 'create', 'main', hostname], env);
    await registry.stop();
    expect(made).toMatchObject({ name: 'main', hostname, use_ssl: false });
    expect((await hashes())[0]!.now).toEqual(hashWebhookSecret(made.webhook_secret));
    expect(await database.value('SELECT count(*)::int FROM namespaces')).toBe(1);
    const [row] = await database.sql.query('SELECT key, subject_name, actor_name, details FROM activities');
    expect(row).toMatchObject({ key: 'registry.create', subject_name: 'main', actor_name: 'portus command' });
    expect(JSON.stringify(row)).not.toContain(made.webhook_secret);
  });

  it('refuses one that does not answer, unless it need not, and what is another one’s', async () => {
    const away = ['registry', 'create', 'away', '127.0.0.1:1'];
    expect(await portus(away, env)).toMatchObject({ code: 1, err: expect.stringContaining('hostname Error: ') });
    writeFileSync(at('secret'), 'a secret of sixteen letters\n');
    const spaced = await portus([...away, '--no-check', '--webhook-secret-file', at('secret')], env);
    expect(spaced.err).toContain('printable ASCII without spaces');
    writeFileSync(at('secret'), 'a-secret-of-the-other-one\n');
    const args = [...away, '--no-check', '--external-hostname', 'away.test', '--webhook-secret-file', at('secret')];
    expect((await portus(args, env)).out).toBe('away was made (id 2)\n');
    expect((await portus(args, env)).err).toMatch(/name has already been taken/);
    const same = ['registry', 'create', 'third', 'away.test', '--no-check'];
    expect((await portus(same, env)).err).toMatch(/hostname has already been taken/);
    const { registries } = await portusJson<{ registries: { name: string }[] }>(['registry', 'list'], env);
    expect(registries.map(({ name }) => name)).toEqual(['main', 'away']);
  });
});

describe('portus registry sync and drift', () => {
  it('ask for a run that workers find, wait for its end, and tell what it found', async () => {
    const never = await portus(['registry', 'drift', 'main'], env);
    expect(never).toMatchObject({ code: 3, err: expect.stringContaining('no sync has compared it yet') });
    const args = ['registry', 'sync', 'main', '--mode', 'deep', '--dry-run'];
    const asked = await portusJson<{ id: number }>(args, env);
    expect(asked).toMatchObject({ state: 'queued', mode: 'deep', strategy: 'update', dry_run: true });
    const late = await portus([...args, '--wait', '1'], env);
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining(`run ${asked.id} has not ended in 1 s`) });
    const state = { ended: false };
    const waiting = portus([...args, '--wait', '30'], env).finally(() => (state.ended = true));
    await until('the command ends', async () => {
      await database.sql.query(`UPDATE sync_runs SET state = 'done', outcome = 'compared', started_at = now()`);
      return state.ended;
    });
    expect(await waiting).toMatchObject({ code: 0, out: expect.stringMatching(/^run \d+: done, compared\n$/) });
    expect(await portus(['registry', 'drift', 'main'], env)).toEqual({ code: 0, out: expect.any(String), err: '' });
    await database.sql.query(
      `INSERT INTO sync_differences (run_id, repository, tag, kind, state, registry_digest, reason)
       SELECT max(id), 'team/app', 'v1', 'not_stored', 'open', 'sha256:abc', 'it is new' FROM sync_runs`,
    );
    const found = await portus(['registry', 'drift', 'main'], env);
    expect(found).toMatchObject({ code: 3, out: expect.stringContaining('not_stored  team/app:v1  it is new') });
    expect((await portus(['registry', 'sync'], env)).err).toContain('say which registry: main, away');
    expect((await portus(['registry', 'sync', 'none'], env)).err).toContain('there is no registry "none"');
  });
});

describe('portus registry config', () => {
  it('prints what belongs to a known registry, with a secret that is really its own', async () => {
    const args = ['registry', 'config', 'away', '--portus-url', 'https://portus.test:8443/', '--storage', '/data'];
    const without = await portus(args, env);
    expect(without).toMatchObject({ code: 1, err: expect.stringContaining('only a hash of its webhook secret') });
    const { out } = await portus([...args, '--webhook-secret-file', at('secret')], env);
    for (const line of [
      'realm: "https://portus.test:8443/v2/token"',
      'service: "away.test"',
      'issuer: "portus.test"',
      'rootcertbundle: "/etc/registry/portus.pem"',
      'signingalgorithms: [ES256]',
      'url: "https://portus.test:8443/v2/webhooks/events"',
      'Authorization: ["Bearer a-secret-of-the-other-one"]',
    ]) {
      expect(out).toContain(line);
    }
    const old = await portus([...args, '--webhook-secret-file', at('secret'), '--registry-version', '2.8'], env);
    expect(old.out).not.toContain('signingalgorithms');
    writeFileSync(at('other'), 'a-secret-of-nobody-at-all');
    const wrong = await portus([...args, '--webhook-secret-file', at('other')], env);
    expect(wrong.err).toContain('that is not its webhook secret');
  });

  it('makes a new secret that goes into the file, and nowhere when there is no place for it', async () => {
    const args = ['registry', 'config', 'main', '--new-secret', '-o'];
    const [before] = await hashes();
    const nowhere = await portus([...args, at('no/folder/config.yml')], env);
    expect([nowhere.code, (await hashes())[0]]).toEqual([1, before]);
    const { code, out } = await portus([...args, at('config.yml')], env);
    expect([code, out]).toEqual([0, '']);
    expect(statSync(at('config.yml')).mode & 0o777).toBe(0o600);
    const [after] = await hashes();
    expect(after).toEqual({
      now: hashWebhookSecret(secretOf(readFileSync(at('config.yml'), 'utf8'))),
      former: before!.now,
    });
    expect((await portus([...args, at('config.yml')], env)).err).toContain('never overwritten');
    const again = await portus([...args, at('config2.yml')], env);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('a former secret of main is still valid') });
    expect(existsSync(at('config2.yml'))).toBe(false);
  });

  it('needs no database before the first start', async () => {
    const first = {
      ...env,
      DATABASE_URL: undefined,
      PORTUS_INIT_REGISTRY_HOSTNAME: 'registry.test',
      PORTUS_INIT_REGISTRY_WEBHOOK_SECRET: 'the-secret-of-the-first',
    };
    const { code, out } = await portus(['registry', 'config'], first);
    expect(code).toBe(0);
    expect(out).toContain('service: "registry.test"');
    expect(out).toContain('realm: "https://portus.test/v2/token"');
    expect(secretOf(out)).toBe('the-secret-of-the-first');
    const bare = await portus(['registry', 'config'], { ...first, PORTUS_CERT_PATH: undefined });
    expect(bare).toMatchObject({ code: 1, err: expect.stringContaining('or give --jwks') });
    const jwks = await portus(['registry', 'config', '--jwks', '/j'], { ...first, PORTUS_CERT_PATH: undefined });
    expect(jwks.out).toMatch(/jwks: "\/j"/);
    expect(jwks.out).not.toContain('rootcertbundle');
    const half = await portus(['registry', 'config', '--tls-key', '/k'], first);
    expect(half.code).toBe(64);
  });
});
