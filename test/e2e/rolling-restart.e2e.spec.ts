import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { Nginx } from '../support/nginx.js';
import { Program } from '../support/program.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import type { Replica, TestUser } from '../support/stack-handle.js';
import { programFile } from '../support/stack.js';
import { SteadyTokens } from '../support/steady-tokens.js';
import { until } from '../support/until.js';

const CLIENTS = 8;
const ROUNDS = 2;
const PUSHES = 24;
/** Tokens between two restarts: enough that every client has asked again and again. */
const BETWEEN = CLIENTS * 10;
const EXIT_CONFIGURATION = 78;

const options = { flavours: ['2.8'], needs: ['PORTUS_TEST_NGINX'], stack: { workers: 2, ownPostgres: true } } as const;

scenes('restarts one after the other', options, (house) => {
  let second: Replica;
  let nginx: Nginx;
  let alice: TestUser;

  beforeAll(async () => {
    const stack = house();
    second = await stack.startApi();
    nginx = await Nginx.start([stack.url, second.url].map((url) => Number(new URL(url).port)));
    alice = await stack.createUser('alice', 'alice has a password');
  });
  afterAll(() => nginx?.stop());

  const load = () => new SteadyTokens({ url: nginx.url, registryHost: house().registryHost }, alice, CLIENTS);

  it('of both apis behind nginx cost no client a token', async () => {
    const apis = [house().api, second.program];
    const tokens = load();
    try {
      await tokens.more(BETWEEN);
      for (let i = 0; i < ROUNDS; i++)
        for (const api of apis) {
          await api.stop();
          expect(api.lastExit).toBe(0);
          await tokens.more(BETWEEN);
          await api.start();
          await tokens.more(BETWEEN);
        }
    } finally {
      await tokens.stop();
    }
    expect(tokens.failures, nginx.logs()).toEqual([]);
    expect(tokens.issued).toBeGreaterThan(BETWEEN * ROUNDS * 4);
  });

  it('with a time to drain: health says it first, and who still comes is served, on a connection that ends', async () => {
    second.program.reconfigure({ PORTUS_DRAIN_SECONDS: '2' });
    await second.program.stop();
    await second.program.start();
    const tokens = load();
    try {
      await tokens.more(BETWEEN);
      const stopped = second.program.stop();
      const ready = async () => (await fetch(`${second.url}/_health`)).status;
      await until('it says that it goes', async () => (await ready()) === 503);
      const answer = await fetch(`${second.url}/_ping`);
      expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
      await stopped;
      expect(second.program.lastExit).toBe(0);
      await expect(fetch(`${second.url}/_ping`)).rejects.toThrow();
      await tokens.more(BETWEEN);
    } finally {
      await tokens.stop();
      second.program.reconfigure({ PORTUS_DRAIN_SECONDS: undefined });
      await second.program.start();
    }
    expect(tokens.failures, nginx.logs()).toEqual([]);
  });

  it('of all workers lose nothing, and leave no repository held', async () => {
    const stack = house();
    for (let i = 0; i < PUSHES; i++) {
      const repository = `alice/app-${i % 5}`;
      const access = { type: 'repository' as const, name: repository, actions: ['pull', 'push'] };
      const token = await stack.signToken([access], 'alice');
      await pushImage({ url: stack.registry.url, repository, token }, `v${i}`, buildImage({ seed: `rolling ${i}` }));
      const worker = stack.workers[i % 2]!;
      if (i % 6 !== 5) continue;
      await worker.stop();
      expect(worker.lastExit).toBe(0);
      await worker.start();
    }
    await stack.untilEqual();
    for (const worker of stack.workers) await worker.stop();
    expect(await stack.sql('SELECT full_name FROM repository_leases WHERE expires_at > now()')).toEqual([]);
    for (const worker of stack.workers) await worker.start();
  });

  describe('onto a schema', () => {
    const tryStart = async (name: 'api' | 'worker', env: Record<string, string>) => {
      const args = [programFile(name)];
      const isReady = async () => false;
      const changes = { PORTUS_PORT: '0', PORTUS_METRICS_PORT: '0', ...env };
      const all = { ...house().programEnvironment(), ...changes };
      const program = new Program({ name, file: process.execPath, args, env: all, isReady });
      program.launch();
      return program;
    };

    it('of a newer Portus are refused with a sentence, unless that is wanted', async () => {
      const stack = house();
      await stack.sql(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FarFuture9999999999999')`);
      try {
        for (const name of ['api', 'worker'] as const) {
          const program = await tryStart(name, {});
          await until(`${name} ends`, () => !program.running, { timeoutMs: 30_000 });
          expect(program.lastExit).toBe(EXIT_CONFIGURATION);
          expect(program.logs()).toContain('the database is newer than this Portus');
          expect(program.logs()).toContain('FarFuture9999999999999');
          const accepting = await tryStart(name, { PORTUS_DB_ACCEPT_NEWER: 'true' });
          await until(`${name} is ready`, () => accepting.logs().includes('is ready'), { timeoutMs: 30_000 });
          await accepting.stop();
        }
        // Who runs already goes on.
        expect((await fetch(`${stack.url}/_health`)).status).toBe(200);
      } finally {
        await stack.sql(`DELETE FROM migrations WHERE name = 'FarFuture9999999999999'`);
      }
    });
  });
});
