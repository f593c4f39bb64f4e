import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTIONS } from './options.js';
import { ConfigurationError, loadSettings, readOption } from './settings.js';

const good = {
  DATABASE_URL: 'postgres://localhost/portus',
  PORTUS_KEY_PATH: '/key.pem',
  PORTUS_SECRET_KEY_BASE: 'x'.repeat(32),
  PORTUS_PASSWORD: 'long enough',
};

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
  }
  return [];
};

describe(loadSettings.name, () => {
  it('gives defaults in their own types, and null for what may be absent', () => {
    const { settings, warnings } = loadSettings(good);
    expect(settings.port).toBe(3000);
    expect(settings.deleteEnabled).toBe(true);
    expect(settings.redisUrl).toBeNull();
    expect(Object.isFrozen(settings)).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('lists every problem at once, and no secret value', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://x',
      PORTUS_PORT: '99999',
      PORTUS_PASSWORD: 'shrt',
      PORTUS_BACKGROUND_SYNC_STRATEGY: 'sometimes',
      PORTUS_INIT_REGISTRY_HOSTNAME: 'http://registry/',
    });
    const text = problems.join('\n');
    for (const name of ['DATABASE_URL', 'PORTUS_PORT', 'PORTUS_PASSWORD', 'SYNC_STRATEGY', 'INIT_REGISTRY_HOSTNAME']) {
      expect(text).toContain(name);
    }
    expect(text).toContain('PORTUS_KEY_PATH is not set');
    expect(text).toContain('PORTUS_SECRET_KEY_BASE is not set');
    expect(text).not.toContain('shrt');
  });

  it('accepts the trailing _VALUE of old sites', () => {
    expect(loadSettings({ ...good, PORTUS_REGISTRY_JWT_EXPIRATION_TIME_VALUE: '15' }).settings.tokenLifetime).toBe(15);
  });

  it.each(['', '_PULL', '_PUSH'])('refuses a lifetime of tokens (PORTUS_REGISTRY_JWT%s_…) below a minute', (kind) => {
    const name = `PORTUS_REGISTRY_JWT${kind}_EXPIRATION_TIME`;
    for (const value of ['0', '0.5', '-1', '1441', '60s']) {
      expect(problemsOf({ ...good, [name]: value })).toEqual([expect.stringContaining(name)]);
    }
    expect(problemsOf({ ...good, [name]: '1' })).toEqual([]);
  });

  it('reads a secret from a file, and refuses a file beside a value', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'portus-settings-')), 'password');
    writeFileSync(file, 'from the file\n');
    const { PORTUS_PASSWORD: _, ...rest } = good;
    expect(loadSettings({ ...rest, PORTUS_PASSWORD_FILE: file }).settings.servicePassword).toBe('from the file');
    expect(problemsOf({ ...good, PORTUS_PASSWORD_FILE: file }).join()).toContain('both set');
    expect(problemsOf({ ...rest, PORTUS_PASSWORD_FILE: '/does/not/exist' }).join()).toContain('can not be read');
  });

  it.each([
    ['10.0.0.0/8, 127.0.0.1,::1,fd00::/8', 0],
    ['proxy.example', 1],
    ['10.0.0.0/33', 1],
    ['10.0.0.1/8/8', 1],
  ])('takes %j as trusted proxies with %i problems', (value, problems) => {
    expect(problemsOf({ ...good, PORTUS_TRUSTED_PROXIES: value })).toHaveLength(problems);
  });

  it('warns of unknown names with the nearest known one', () => {
    const { warnings } = loadSettings({ ...good, PORTUS_MACHINE_FQND: 'x' });
    expect(warnings).toEqual(['unknown setting PORTUS_MACHINE_FQND; did you mean PORTUS_MACHINE_FQDN?']);
  });
});

describe(readOption.name, () => {
  const { databaseUrl } = OPTIONS;

  it('reads a value, a file, or nothing', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'portus-settings-')), 'url');
    writeFileSync(file, 'postgres://file/portus\n');
    expect(readOption(databaseUrl, { DATABASE_URL: 'postgres://env/portus' })).toBe('postgres://env/portus');
    expect(readOption(databaseUrl, { DATABASE_URL_FILE: file })).toBe('postgres://file/portus');
    expect(readOption(databaseUrl, { DATABASE_URL: '' })).toBeNull();
  });

  it.each([
    ['both are set', { DATABASE_URL: 'postgres://x/y', DATABASE_URL_FILE: '/x' }],
    ['the file is not there', { DATABASE_URL_FILE: '/does/not/exist' }],
    ['the value can not be used', { DATABASE_URL: 'mysql://x/y' }],
  ])('refuses when %s', (_, env) => {
    expect(() => readOption(databaseUrl, env)).toThrow(ConfigurationError);
  });
});
