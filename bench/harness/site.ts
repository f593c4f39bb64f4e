import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RealRegistry, freePort, startRealRegistry } from '../../test/support/real-registry.js';
import { until } from '../../test/support/until.js';
import { fillCatalog } from './catalog.js';
import { cpuTimes } from './cpu.js';
import { FarAway } from './far-away.js';
import { ADMIN, hasRedis, House, WEBHOOK_SECRET } from './house.js';
import { type Send, succeed } from './paced.js';
import { type Program } from './program.js';
import { manyManifests, writeStorage } from './storage.js';
import { basic, expectGrants, tokenRequest } from './token-requests.js';

/** Pushes of which the registry knows the manifests. */
const PUSHES = 1_000;
const DRAIN_MS = 120_000;

/** A house with a catalog of a given size, and the three things that clients do to it. */
export class Site {
  private readonly backends = new Map<number, number>();

  private constructor(
    readonly house: House,
    readonly api: Program,
    private readonly registry: RealRegistry,
    private readonly far: FarAway,
    private readonly dataDir: string,
    private readonly names: readonly string[],
    private readonly manifests: ReturnType<typeof manyManifests>,
  ) {}

  /** `delayMs`: by how much the registry answers later than it could. */
  static async build(repositories: number, tags: number, delayMs = 0): Promise<Site> {
    const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
    if (!binary) throw new Error('there is no registry on this machine');
    const dataDir = mkdtempSync(join(tmpdir(), 'portus-bench-storage-'));
    const names = Array.from({ length: repositories }, (_, i) => `team-${i % 50}/app-${i}`);
    const manifests = manyManifests(PUSHES);
    const pushed = Array.from({ length: Math.min(PUSHES, repositories) }, (_, i) => ({
      name: names[i]!,
      tags: new Map(manifests.flatMap((one, n) => (n % repositories === i ? [[`new-${n}`, one] as const] : []))),
    }));
    writeStorage(dataDir, pushed);
    const [port, storagePort] = [await freePort(), await freePort()];
    const far = await FarAway.start(port, storagePort, delayMs);
    const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: `127.0.0.1:${port}` });
    const registry = await startRealRegistry({ binary, port: storagePort, dataDir, auth: house.registryAuth });
    const api = await house.startApi();
    const stored = new Map(manyManifests(tags).map((manifest, i) => [`v${i}`, manifest]));
    await fillCatalog(
      house,
      names.map((name) => ({ name, tags: stored })),
    );
    const site = new Site(house, api, registry, far, dataDir, names, manifests);
    await expectGrants(api.url, basic(ADMIN.username, ADMIN.password), names, site.service);
    return site;
  }

  get service(): string {
    return this.house.registryAuth.service;
  }

  /** A push is asked for. */
  readonly token: Send = async (n) => {
    const authorization = basic(ADMIN.username, ADMIN.password);
    const { path = '' } = tokenRequest(authorization, [this.names[n % this.names.length]!], this.service);
    await succeed(`${this.api.url}${path}`, { headers: { authorization } });
  };

  /** A push is told, which a worker then looks at. */
  readonly push: Send = async (n) => {
    const repository = this.names[n % this.names.length]!;
    await this.tell({ action: 'push', method: 'PUT', repository, tag: `new-${n}`, digest: this.manifests[n]!.digest });
  };

  /** A pull is told, which is counted. */
  readonly pull: Send = async (n) => {
    const repository = this.names[n % this.names.length]!;
    const k = n % this.digests.length;
    await this.tell({ action: 'pull', method: 'GET', repository, tag: `v${k}`, digest: this.digests[k]! });
  };

  private readonly digests: readonly string[] = manyManifests(10).map(({ digest }) => digest);

  private async tell(event: { action: string; method: string; repository: string; tag: string; digest: string }) {
    const { action, method, repository, tag, digest } = event;
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const body = JSON.stringify({
      events: [
        {
          id: randomUUID(),
          timestamp: new Date().toISOString(),
          action,
          target: { mediaType, digest, repository, tag, url: '' },
          request: { id: randomUUID(), method, addr: '10.0.0.1', useragent: 'docker' },
          actor: { name: 'admin' },
          source: { addr: 'bench', instanceID: 'bench' },
        },
      ],
    });
    const headers = {
      'content-type': 'application/vnd.docker.distribution.events.v1+json',
      authorization: `Bearer ${WEBHOOK_SECRET}`,
    };
    await succeed(`${this.api.url}/v2/webhooks/events`, { method: 'POST', headers, body });
  }

  /** Returns when no notification waits, and no configuration is to be read any more. */
  async untilIdle(): Promise<void> {
    const idle = async () => {
      const { rows } = await this.house.sql.query<{ busy: boolean }>(
        `SELECT EXISTS (SELECT FROM registry_events WHERE state IN ('received', 'failed'))
             OR EXISTS (SELECT FROM waiting_configs) AS busy`,
      );
      return !rows[0]!.busy;
    };
    await until('nothing waits', idle, { timeoutMs: DRAIN_MS, everyMs: 50 });
  }

  /**
   * Processor milliseconds that api, worker and the connections of this database have used: others may use the same
   * server. What the server does on its own (checkpoints, vacuum) is not among it.
   */
  async cpu(worker: Program): Promise<Record<'api' | 'worker' | 'database', number>> {
    const { rows } = await this.house.sql.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const backends = Object.fromEntries(rows.map(({ pid }) => [`${pid}`, pid]));
    const used = cpuTimes({ api: this.api.pid, worker: worker.pid, ...backends });
    // A connection that has ended keeps what it was last seen to have used.
    for (const { pid } of rows) this.backends.set(pid, used[`${pid}`]!);
    const database = [...this.backends.values()].reduce((sum, ms) => sum + ms, 0);
    return { api: used['api']!, worker: used['worker']!, database };
  }

  /** How many notifications wait, and for how many seconds the oldest has. */
  async backlog(): Promise<{ waiting: number; oldest: number }> {
    const { rows } = await this.house.sql.query<{ waiting: number; oldest: number }>(
      `SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM now() - min(received_at)), 0)::float AS oldest
         FROM registry_events WHERE state IN ('received', 'failed')`,
    );
    return rows[0]!;
  }

  /** Bytes of the catalog's tables with their indexes, for each tag. */
  async bytesPerTag(): Promise<number> {
    const { rows } = await this.house.sql.query<{ bytes: number }>(
      `SELECT (pg_total_relation_size('tags') + pg_total_relation_size('manifests')
             + pg_total_relation_size('repositories'))::float / count(*) AS bytes FROM tags`,
    );
    return rows[0]!.bytes;
  }

  async remove(): Promise<void> {
    await this.house.remove();
    await this.far.stop();
    await this.registry.remove();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
