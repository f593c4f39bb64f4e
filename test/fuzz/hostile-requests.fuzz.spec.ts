import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { fuzz } from '../support/fuzz.js';
import { brokenHttp, Dice, hostileRequest, type Known } from '../support/hostile-requests.js';
import { RawConnection } from '../support/raw-connection.js';
import { scenes } from '../support/scenes.js';
import { until } from '../support/until.js';

const ROUNDS = 20;
const REQUESTS_OF_A_ROUND = 5_000;
const CONNECTIONS = 24;
/** Rounds after which code, pools and bounded memories are warm. */
const WARM_ROUNDS = 8;
/** What a heap may breathe, MB. */
const MAX_GROWTH_MB = 96;

/** Few lines in the log: what it costs to write and to keep them is not the question here. */
const stack = { workers: 0, env: { PORTUS_LOG_LEVEL: 'error' } };

scenes('hostile requests', { flavours: ['2.8'], stack }, (house) => {
  let known: Known;
  const port = () => Number(new URL(house().url).port);
  const rssMb = (): number => {
    const status = readFileSync(`/proc/${house().api.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
  };

  beforeAll(async () => {
    const alice = await house().createUser('alice', 'password of alice');
    const credentials = `${alice.username}:${alice.password}`;
    known = { service: house().registryHost, webhookSecret: house().webhookSecret, credentials };
  });

  afterEach(async () => {
    expect(house().api.running, house().api.logs().slice(-2_000)).toBe(true);
    expect(await house().token(['repository:alice/app:pull'])).toMatch(/^ey/);
  });

  it('of a hundred thousand kinds cause no 5xx, no crash and no growth', async () => {
    const pid = house().api.pid;
    const sizes: number[] = [];
    const statuses = new Map<number, number>();
    await fuzz(ROUNDS, async (seed) => {
      const dice = new Dice(seed);
      const requests = Array.from({ length: REQUESTS_OF_A_ROUND }, () => hostileRequest(dice, known));
      for (const status of await sendAll(port(), requests)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      sizes.push(rssMb());
    });
    expect(house().api.pid).toBe(pid);
    // All kinds were there: tokens, refusals of every sort, and what is no HTTP.
    for (const status of [200, 202, 400, 401, 404]) expect(statuses.get(status), String(status)).toBeGreaterThan(100);
    const warm = Math.max(...sizes.slice(0, WARM_ROUNDS));
    expect(Math.min(...sizes.slice(-3)), `MB after each round: ${sizes.map(Math.round).join(' ')}`).toBeLessThan(
      warm + MAX_GROWTH_MB,
    );
  });

  it('that are no HTTP are answered in the 400 class, or closed', async () => {
    await fuzz(1, async (seed) => {
      const dice = new Dice(seed);
      const requests = Array.from({ length: 400 }, () => brokenHttp(dice));
      const statuses = await sendAll(port(), requests, { mayWait: true });
      for (const status of new Set(statuses)) expect([-1, 0, 200, 400, 401, 404, 413, 415, 417, 431]).toContain(status);
    });
  });

  it('whose headers never end keep nobody else waiting', async () => {
    const sockets: Socket[] = [];
    for (let i = 0; i < 200; i++) {
      const socket = connect(port(), '127.0.0.1', () => socket.write('GET /v2/token?x=y HTTP/1.1\r\nHost: local'));
      socket.on('error', () => undefined);
      sockets.push(socket);
    }
    await until('all are connected', () => sockets.every((socket) => socket.bytesWritten > 0));
    expect(await house().token(['repository:alice/app:pull'])).toMatch(/^ey/);
    for (const socket of sockets) {
      socket.write('host\r\nX-Slow: ');
      socket.destroy();
    }
  });
});

/** Sends all over a few connections. Throws with the request that was answered 5xx. */
async function sendAll(port: number, requests: readonly Buffer[], options = { mayWait: false }): Promise<number[]> {
  const statuses: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    const connection = new RawConnection(port);
    try {
      for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
        const mayWait = options.mayWait || !request.includes('\r\n\r\n');
        const status = await connection.send(request, { mayWait });
        if (status >= 500)
          throw new Error(`answered ${status}: ${JSON.stringify(request.toString('latin1').slice(0, 3_000))}`);
        statuses.push(status);
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return statuses;
}
