import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnRedis } from './own-redis.js';
import { quietPort } from './ports.js';
import { until } from './until.js';

const SLOTS = 16_384;
const NODES = 3;

/** Three masters that share the keys. */
export class RedisCluster {
  private constructor(
    readonly nodes: readonly OwnRedis[],
    private readonly folder: string,
  ) {}

  static async start(): Promise<RedisCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'portus-cluster-'));
    const nodes: OwnRedis[] = [];
    const buses: number[] = [];
    for (let i = 0; i < NODES; i++) {
      buses.push(await quietPort());
      const file = join(folder, `node-${i}.conf`);
      const bus = ['--cluster-port', `${buses[i]}`, '--cluster-node-timeout', '2000'];
      nodes.push(await OwnRedis.start({ args: ['--cluster-enabled', 'yes', '--cluster-config-file', file, ...bus] }));
    }
    const share = Math.ceil(SLOTS / NODES);
    for (const [i, node] of nodes.entries()) {
      const range = [i * share, Math.min((i + 1) * share, SLOTS) - 1];
      await node.ask((redis) => redis.call('CLUSTER', 'ADDSLOTSRANGE', ...range));
      await node.ask((redis) => redis.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1));
    }
    const first = nodes[0]!;
    for (let i = 1; i < NODES; i++)
      await first.ask((redis) => redis.call('CLUSTER', 'MEET', '127.0.0.1', nodes[i]!.port, buses[i]!));
    const cluster = new RedisCluster(nodes, folder);
    await until('the cluster serves all keys', () => cluster.isWhole(), { timeoutMs: 30_000 });
    return cluster;
  }

  /** As settings say it: two of the three are named. */
  get env(): Record<string, string> {
    const [first, second] = this.nodes;
    return { REDIS_URL: first!.url, PORTUS_REDIS_CLUSTER: `127.0.0.1:${second!.port}` };
  }

  /** How many keys each node holds. */
  async sizes(): Promise<number[]> {
    return Promise.all(this.nodes.map((node) => node.ask((redis) => redis.dbsize())));
  }

  async isWhole(): Promise<boolean> {
    for (const node of this.nodes) {
      const info = String(await node.ask((redis) => redis.call('CLUSTER', 'INFO')));
      if (!info.includes('cluster_state:ok') || !info.includes(`cluster_known_nodes:${NODES}`)) return false;
    }
    return true;
  }

  /** Takes keys from the last node that no other one gets: what has a part missing serves none of it. */
  async tear(): Promise<void> {
    // The owner first: the others would learn from it again whose those are.
    for (const node of this.nodes.toReversed())
      await node.ask((redis) => redis.call('CLUSTER', 'DELSLOTSRANGE', SLOTS - 10, SLOTS - 1));
    await until('no node serves anything', async () => {
      const states = await Promise.all(this.nodes.map((node) => node.ask((redis) => redis.call('CLUSTER', 'INFO'))));
      return states.every((info) => String(info).includes('cluster_state:fail'));
    });
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
