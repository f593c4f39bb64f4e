import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { OwnRedis } from './own-redis.js';
import { quietPort } from './ports.js';
import { Program } from './program.js';
import { until } from './until.js';

const PASSWORD = 'a password of the servers';
const SENTINEL_PASSWORD = 'a password of the sentinels';
const NAME = 'portus-queues';
const SENTINELS = 3;

/** A master, its replica, and three sentinels that put the replica in its place when it is gone for half a second. */
export class RedisSentinels {
  private constructor(
    private readonly servers: OwnRedis[],
    private readonly sentinels: { port: number; program: Program }[],
    private readonly folder: string,
  ) {}

  static async start(): Promise<RedisSentinels> {
    const folder = await mkdtemp(join(tmpdir(), 'portus-sentinels-'));
    const options = { args: ['--requirepass', PASSWORD, '--masterauth', PASSWORD], client: { password: PASSWORD } };
    const master = await OwnRedis.start(options);
    const args = [...options.args, '--replicaof', '127.0.0.1', `${master.port}`];
    const house = new RedisSentinels([master, await OwnRedis.start({ ...options, args })], [], folder);
    for (let i = 0; i < SENTINELS; i++) house.sentinels.push(await startSentinel(folder, master.port));
    await until('the sentinels know each other and the replica', () => house.isComplete(), { timeoutMs: 30_000 });
    return house;
  }

  /** As settings say it. */
  get env(): Record<string, string> {
    return {
      REDIS_URL: `redis://:${encodeURIComponent(PASSWORD)}@${NAME}/0`,
      PORTUS_REDIS_SENTINELS: this.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(','),
      PORTUS_REDIS_SENTINEL_PASSWORD: SENTINEL_PASSWORD,
    };
  }

  /** The port of whom the sentinels take for the master. */
  async masterPort(): Promise<number> {
    const answer = await this.ask((sentinel) => sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME));
    return Number((answer as [string, string])[1]);
  }

  /** Kills the master, and returns when another one is in its place. */
  async failOver(): Promise<void> {
    const before = await this.masterPort();
    await this.servers.find(({ port }) => port === before)!.stop('SIGKILL');
    await until('there is another master', async () => (await this.masterPort()) !== before, { timeoutMs: 30_000 });
  }

  async stop(): Promise<void> {
    for (const { program } of this.sentinels) await program.stop('SIGKILL');
    for (const server of this.servers) await server.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  private async isComplete(): Promise<boolean> {
    const master = (await this.ask((sentinel) => sentinel.call('SENTINEL', 'MASTER', NAME))) as string[];
    const fact = (name: string): number => Number(master[master.indexOf(name) + 1]);
    return fact('num-slaves') === 1 && fact('num-other-sentinels') === SENTINELS - 1;
  }

  private async ask<T>(question: (sentinel: Redis) => Promise<T>): Promise<T> {
    return askSentinel(this.sentinels[0]!.port, question);
  }
}

async function startSentinel(folder: string, masterPort: number): Promise<{ port: number; program: Program }> {
  const file = process.env['PORTUS_TEST_REDIS_BIN']!;
  const port = await quietPort();
  const configuration = join(folder, `sentinel-${port}.conf`);
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass "${SENTINEL_PASSWORD}"`,
    `sentinel sentinel-pass "${SENTINEL_PASSWORD}"`,
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
    `sentinel auth-pass ${NAME} "${PASSWORD}"`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 5000`,
  ];
  await writeFile(configuration, `${lines.join('\n')}\n`);
  const { PATH, LD_LIBRARY_PATH } = process.env;
  const isReady = (): Promise<boolean> => askSentinel(port, async (sentinel) => (await sentinel.ping()) === 'PONG');
  const args = [configuration, '--sentinel'];
  const program = new Program({ name: 'sentinel', file, args, env: { PATH, LD_LIBRARY_PATH }, isReady });
  await program.start();
  return { port, program };
}

async function askSentinel<T>(port: number, question: (sentinel: Redis) => Promise<T>): Promise<T> {
  const once = { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0, enableReadyCheck: false };
  const client = new Redis({ host: '127.0.0.1', port, password: SENTINEL_PASSWORD, ...once });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await question(client);
  } finally {
    client.disconnect();
  }
}
