import { Redis } from 'ioredis';
import { quietPort } from './ports.js';
import { Program } from './program.js';

/** A Redis server of one suite, without any file: what it forgets is gone. */
export class OwnRedis {
  private constructor(
    readonly url: string,
    private readonly program: Program,
  ) {}

  static async start(): Promise<OwnRedis> {
    const file = process.env['PORTUS_TEST_REDIS_BIN'];
    if (!file) throw new Error('PORTUS_TEST_REDIS_BIN does not name a redis-server');
    const port = await quietPort();
    const url = `redis://127.0.0.1:${port}/0`;
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const { PATH, LD_LIBRARY_PATH } = process.env;
    const isReady = (): Promise<boolean> => ask(url, async (client) => (await client.ping()) === 'PONG');
    const program = new Program({ name: 'redis', file, args, env: { PATH, LD_LIBRARY_PATH }, isReady });
    await program.start();
    return new OwnRedis(url, program);
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
    await ask(this.url, (client) => client.flushall());
  }
}

async function ask<T>(url: string, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await question(client);
  } finally {
    client.disconnect();
  }
}
