import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRedisClient } from '#queues/redis-client.js';
import { bulk, list, SpokenRedis } from '../support/spoken-redis.js';
import { until } from '../support/until.js';

const INFO = bulk('redis_version:7.0.0\r\nrole:master\r\nloading:0\r\n');

describe(makeRedisClient, () => {
  let master: SpokenRedis;
  let sentinel: SpokenRedis;
  /** Who wants to be told of failovers, and what happens when the sentinel is asked for the master. */
  let listeners: Socket[];
  let onAsked: () => void;

  beforeEach(async () => {
    [listeners, onAsked] = [[], () => undefined];
    master = await SpokenRedis.start(([name = '']) => (name.toLowerCase() === 'info' ? INFO : '+OK\r\n'));
    sentinel = await SpokenRedis.start(async ([name = '', what = ''], socket) => {
      if (name.toLowerCase() === 'info') return INFO;
      if (name.toLowerCase() === 'subscribe') {
        listeners.push(socket);
        return `*3\r\n${bulk('subscribe')}${bulk(what)}:1\r\n`;
      }
      if (name.toLowerCase() !== 'sentinel') return '+OK\r\n';
      if (what.toLowerCase() !== 'get-master-addr-by-name') return '*0\r\n';
      const told = [...listeners];
      onAsked();
      await until('nobody listens any more', () => told.every((one) => one.destroyed));
      return list('127.0.0.1', String(master.port));
    });
  });
  afterEach(() => {
    master.stop();
    sentinel.stop();
  });

  it('goes on when the word of a failover comes while it asks for the new master', async () => {
    const settings = {
      redisUrl: 'redis://queues/0',
      redisSentinels: [{ host: '127.0.0.1', port: sentinel.port }],
      redisSentinelPassword: null,
      redisCluster: [],
      redisCaPath: null,
    };
    const client = makeRedisClient(settings, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    client.on('error', () => undefined);
    try {
      await until('it listens', () => client.status === 'ready' && listeners.length > 0);
      let told = 0;
      onAsked = () => {
        told += 1;
        const word = list('message', '+switch-master', `queues 127.0.0.1 1 127.0.0.1 ${master.port}`);
        for (const socket of listeners.splice(0)) if (!socket.destroyed) socket.write(word);
      };
      master.hangUp();
      await until('it was told while it asked', () => told > 0);
      await until('it is there again', () => client.status === 'ready' && master.sockets.size > 0);
      expect(await client.call('PING')).toBe('OK');
    } finally {
      client.disconnect();
    }
  });
});
