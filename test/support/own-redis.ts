import { Redis, type RedisOptions } from 'ioredis';
import { quietPort } from './ports.js';
import { Program } from './program.js';

export interface OwnRedisOptions {
  /** On top of a server without any file, such as `--replicaof`; `PORT` in them is its own. */
  args?: readonly string[];
  /** Over what clients connect with: TLS, a password. */
  client?: RedisOptions;
}

/** A Redis server of one suite, without any file: what it forgets is gone. */
export class OwnRedis {
  private constructor(
    readonly port: number,
    private readonly program: Program,
    private readonly client: RedisOptions,
  ) {}

  static async start({ args = [], client = {} }: OwnRedisOptions = {}): Promise<OwnRedis> {
    const file = process.env['PORTUS_TEST_REDIS_BIN'];
    if (!file) throw new Error('PORTUS_TEST_REDIS_BIN does not name a redis-server');
    const port = await quietPort();
    const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const { PATH, LD_LIBRARY_PATH } = process.env;
    const isReady = (): Promise<boolean> => ask(port, client, async (redis) => (await redis.ping()) === 'PONG');
    const all = [...own, ...args.map((arg) => arg.replace('PORT', `${port}`))];
    const program = new Program({ name: 'redis', file, args: all, env: { PATH, LD_LIBRARY_PATH }, isReady });
    await program.start();
    return new OwnRedis(port, program, client);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  get pid(): number | null {
    return this.program.pid;
  }

  async start(): Promise<void> {
    await this.program.start();
  }

  /** Whatever the queues held is forgotten. */
  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.program.stop(signal);
  }

  /** SIGSTOP: connections stay open and nobody answers. */
  suspend(): void {
    this.program.suspend();
  }

  resume(): void {
    this.program.resume();
  }

  /** Empties it while it runs. */
  async flush(): Promise<void> {
    await this.ask((client) => client.flushall());
  }

  /** On a connection of its own, so that no test holds one while servers come and go. */
  async ask<T>(question: (client: Redis) => Promise<T>): Promise<T> {
    return ask(this.port, this.client, question);
  }
}

async function ask<T>(port: number, how: RedisOptions, question: (client: Redis) => Promise<T>): Promise<T> {
  const once = { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 };
  const client = new Redis({ host: '127.0.0.1', port, ...once, ...how });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await question(client);
  } finally {
    client.disconnect();
  }
}
