import { describe, expect, it } from 'vitest';
import { packagesToInstall } from './debian-packages.mjs';
import { unprivilegedUser } from './postgres-binaries.mjs';
import { isUsableRedis, redisConfiguration } from './redis.mjs';
import { isDistribution } from './registry.mjs';
import { registryConfiguration } from './registry-config.mjs';

describe(isUsableRedis, () => {
  it.each([
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=d81b8ff71cfb150e', true],
    ['Redis server v=6.2.0 sha=0', true],
    ['Valkey server v=8.1.1 sha=0', true],
    ['Redis server v=6.0.16 sha=0', false],
    ['Redis server v=10.0.0 sha=0', true],
    ['something else', false],
    [undefined, false],
  ])('%s: %s', (text, usable) => {
    expect(isUsableRedis(text)).toBe(usable);
  });
});

describe(isDistribution, () => {
  it.each([
    ['docker-registry github.com/docker/distribution 2.8.2+ds1', true],
    ['registry github.com/distribution/distribution/v3 v3.1.1', true],
    ['registry 1.0 (something else)', false],
    [undefined, false],
  ])('%s: %s', (text, expected) => {
    expect(isDistribution(text)).toBe(expected);
  });
});

describe(packagesToInstall, () => {
  it('reads what apt would install', () => {
    const text =
      'NOTE: simulation\nInst libjemalloc2 (5.3.0-1 Debian:12/stable [amd64])\nConf libjemalloc2 (5.3.0-1)\n';
    expect(packagesToInstall(text)).toEqual(['libjemalloc2']);
  });
});

describe(unprivilegedUser, () => {
  const nobody = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n';

  it('prefers postgres', () => {
    expect(unprivilegedUser(`${nobody}postgres:x:101:104::/:/bin/sh\n`)).toEqual({ uid: 101, gid: 104 });
  });

  it('takes nobody where there is no postgres', () => {
    expect(unprivilegedUser(nobody)).toEqual({ uid: 65534, gid: 65533 });
  });

  it('finds none on a machine without either', () => {
    expect(unprivilegedUser('root:x:0:0::/root:/bin/sh\n')).toBeUndefined();
  });
});

describe(redisConfiguration, () => {
  it('never evicts a job, and listens on this machine only', () => {
    const text = redisConfiguration({ port: 7000, password: 'word', folder: '/data dir' });
    expect(text.split('\n')).toEqual(
      expect.arrayContaining(['bind 127.0.0.1', 'maxmemory-policy noeviction', 'appendonly yes', 'dir "/data dir"']),
    );
  });
});

describe(registryConfiguration, () => {
  it('quotes what could be read as YAML', () => {
    const text = registryConfiguration({
      storage: '/data: "x"',
      address: '127.0.0.1:5000',
      service: 'localhost:5000',
      portusUrl: 'http://localhost:3000',
      webhookUrl: 'http://127.0.0.1:3000',
      issuer: 'localhost',
      certificatePath: '/c.crt',
      webhookSecret: 'word',
      httpSecret: 'other',
    });
    expect(text).toContain('rootdirectory: "/data: \\"x\\""');
    expect(text).toContain('realm: "http://localhost:3000/v2/token"');
    expect(text).toContain('Authorization: ["Bearer word"]');
  });
});
