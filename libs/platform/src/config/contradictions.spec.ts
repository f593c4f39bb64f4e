import { describe, expect, it } from 'vitest';
import { contradictions } from './contradictions.js';
import { ConfigurationError, loadSettings } from './settings.js';

const good = {
  DATABASE_URL: 'postgres://localhost/portus',
  PORTUS_KEY_PATH: '/key.pem',
  PORTUS_SECRET_KEY_BASE: 'x'.repeat(32),
  PORTUS_PASSWORD: 'long enough',
};

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    loadSettings({ ...good, ...env });
    return [];
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
};

describe(contradictions.name, () => {
  it.each([
    [{ PORTUS_REDIS_SENTINELS: 'a:1', PORTUS_REDIS_CLUSTER: 'b:2', REDIS_URL: 'redis://m' }, 'both set'],
    [{ PORTUS_REDIS_SENTINELS: 'a:1' }, 'PORTUS_REDIS_SENTINELS is set and REDIS_URL is not'],
    [{ PORTUS_REDIS_CLUSTER: 'a:1' }, 'PORTUS_REDIS_CLUSTER is set and REDIS_URL is not'],
    [{ PORTUS_REDIS_CA_PATH: '/ca.pem', REDIS_URL: 'redis://m' }, 'not rediss://'],
    [{ PORTUS_REDIS_SENTINELS: 'a', REDIS_URL: 'redis://m' }, 'host:port'],
    [{ PORTUS_REDIS_SENTINELS: 'a:99999', REDIS_URL: 'redis://m' }, 'host:port'],
    [{ PORTUS_REDIS_SENTINELS: 'a:1,,b:2', REDIS_URL: 'redis://m' }, 'host:port'],
  ])('of %j: %s', (env, sentence) => {
    expect(problemsOf(env as Record<string, string>)).toEqual([expect.stringContaining(sentence)]);
  });

  it('are none in what goes together', () => {
    const env = {
      REDIS_URL: 'rediss://mymaster',
      PORTUS_REDIS_CA_PATH: '/ca.pem',
      PORTUS_REDIS_SENTINELS: 'a:1, [::1]:2',
    };
    expect(loadSettings({ ...good, ...env }).settings.redisSentinels).toEqual([
      { host: 'a', port: 1 },
      { host: '::1', port: 2 },
    ]);
  });
});
