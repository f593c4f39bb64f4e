import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programEnvironment, withGivenSecrets } from './program-environment.mjs';
import { given, parseDotEnv, readEnvironment, readSettings } from './settings.mjs';

let root;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'portus-settings-'))));
afterEach(() => rmSync(root, { recursive: true }));

describe(parseDotEnv, () => {
  it.each([
    ['A=1', { A: '1' }],
    ['  export A = b c  ', { A: 'b c' }],
    ['A="b # c"', { A: 'b # c' }],
    ["A='x=y'", { A: 'x=y' }],
    ['A=b # why', { A: 'b' }],
    ['A=b#c', { A: 'b#c' }],
    ['A=', { A: '' }],
    ['# A=1\n\nnonsense\r\nB=2\r\n', { B: '2' }],
  ])('%j', (text, pairs) => {
    expect(parseDotEnv(text)).toEqual(pairs);
  });
});

describe(readEnvironment, () => {
  it('puts the environment over the file, and takes an empty value for none', () => {
    writeFileSync(join(root, '.env'), 'A=file\nB=file\nC=\n');
    expect(readEnvironment(root, { A: 'environment', D: '' })).toEqual({ A: 'environment', B: 'file' });
  });

  it('needs no file', () => {
    expect(readEnvironment(root, { A: '1' })).toEqual({ A: '1' });
  });
});

describe(given, () => {
  it('reads a secret from the file that NAME_FILE names', () => {
    writeFileSync(join(root, 'secret'), 'word\n');
    expect(given({ X_FILE: join(root, 'secret') }, 'X')).toBe('word');
    expect(given({}, 'X')).toBeUndefined();
  });
});

describe(readSettings, () => {
  it('has the documented defaults', () => {
    expect(readSettings('/srv/portus', {})).toMatchObject({
      dataDir: '/srv/portus/var',
      url: 'http://localhost:3000',
      registryName: 'localhost:5000',
      username: 'admin',
      ownRegistry: true,
    });
  });

  it('lists every bad value at once', () => {
    const env = { PORTUS_PORT: 'http', PORTUS_REGISTRY_PORT: '70000', PORTUS_KEY_PATH: '/k' };
    expect(() => readSettings('/', env)).toThrow(/PORTUS_PORT=http[^]*PORTUS_REGISTRY_PORT=70000[^]*PORTUS_CERT_PATH/);
  });

  it('refuses one port for both', () => {
    expect(() => readSettings('/', { PORTUS_PORT: '5000' })).toThrow('both 5000');
  });
});

describe(programEnvironment, () => {
  const secrets = { secretKeyBase: 's', servicePassword: 'p', adminPassword: 'a', webhookSecret: 'w' };
  const parts = (env) => ({
    settings: readSettings('/srv', env),
    env,
    secrets,
    key: { keyPath: '/k', certificatePath: '/c' },
    databaseUrl: 'postgres://x',
    workerPort: 4000,
  });

  it('leaves REDIS_URL out when there is no Redis, so that the queue lives in PostgreSQL', () => {
    expect(programEnvironment(parts({}))).not.toHaveProperty('REDIS_URL');
  });

  it('lets the user decide, also through a file', () => {
    const env = { PORTUS_BACKGROUND_SYNC_STRATEGY: 'on-start', PORTUS_PASSWORD_FILE: '/secret' };
    const result = programEnvironment(parts(env));
    expect(result).toMatchObject({ PORTUS_BACKGROUND_SYNC_STRATEGY: 'on-start', PORTUS_PASSWORD_FILE: '/secret' });
    expect(result).not.toHaveProperty('PORTUS_PASSWORD');
  });

  it('keeps the names back that only the start script knows', () => {
    const result = programEnvironment(parts({ PORTUS_DATA_DIR: '/d', PORTUS_REGISTRY_PORT: '5001' }));
    expect(Object.keys(result).filter((name) => /DATA_DIR|REGISTRY_PORT/.test(name))).toEqual([]);
    expect(result.PORTUS_INIT_REGISTRY_HOSTNAME).toBe('localhost:5001');
  });
});

describe(withGivenSecrets, () => {
  it('prefers what the user has set', () => {
    const stored = { adminPassword: 'stored', webhookSecret: 'stored', redisPassword: 'stored' };
    expect(withGivenSecrets(stored, { PORTUS_INIT_ADMIN_PASSWORD: 'mine' })).toMatchObject({
      adminPassword: 'mine',
      webhookSecret: 'stored',
      redisPassword: 'stored',
    });
  });
});
