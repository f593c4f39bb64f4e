import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { inParallel } from '#catalog/in-parallel.js';
import { freePort, startRealRegistry } from '../test/support/real-registry.js';
import { until } from '../test/support/until.js';
import { cpuPer, cpuTimes, residentMb } from './harness/cpu.js';
import { fillCatalog } from './harness/catalog.js';
import { hasRedis, House } from './harness/house.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';
import { pullOf, serviceTokens } from './harness/service-tokens.js';
import { manyManifests, type StoredRepository, writeStorage } from './harness/storage.js';

const TAGS = 10;
const ROUNDS = 3;
/** Repositories that a worker reads at once, its connections and its page size: all as they are by default. */
const CONCURRENCY = 4;
const CONNECTIONS = 8;
const PAGE = 100;
const RUN_TIMEOUT_MS = 300_000;
/** Part of the promise: memory does not grow with the catalog. */
const MAX_GROWTH_MB = 64;

const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
if (!binary) throw new Error('there is no registry on this machine');
const [few, many] = sizes();
const small = await measure(few);
const large = many === undefined ? small : await measure(many);
const growth = `from ${small.toFixed(0)} MB with ${few} repositories to ${large.toFixed(0)} MB with ${many ?? few}`;
process.stdout.write(
  `sync-memory growth=${(large - small).toFixed(0)} MB limit=${MAX_GROWTH_MB} MB (worker, ${growth})\n`,
);
if (large - small > MAX_GROWTH_MB) process.exitCode = 1;

/** Of the promise, or those that somebody wants to look at quickly: `BENCH_REPOSITORIES=500`. */
function sizes(): [number, number?] {
  const [few = 1_000, many] = (process.env['BENCH_REPOSITORIES'] ?? '1000,10000').split(',').map(Number);
  return [few, many];
}

/** Returns the most memory that the worker held, in megabytes. */
async function measure(count: number): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'portus-bench-storage-'));
  const manifests = manyManifests(TAGS);
  const tags = new Map(manifests.map((manifest, i) => [`v${i}`, manifest]));
  const repositories = Array.from({ length: count }, (_, i) => ({ name: `team-${i % 10}/app-${i}`, tags }));
  writeStorage(dataDir, repositories);
  const port = await freePort();
  const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: `127.0.0.1:${port}` });
  const registry = await startRealRegistry({ binary: binary!, port, dataDir, auth: house.registryAuth });
  const agent = new Agent({ connections: CONNECTIONS });
  try {
    // It makes the registry known.
    await house.startApi();
    await fillCatalog(house, repositories);
    const worker = await house.startWorker();
    const readAll = await bareLoop(house, registry.url, agent, repositories);
    const memory = { most: 0 };
    const processes = { worker: worker.pid, registry: registry.pid, database: await house.databasePid() };
    const withCpu = async (work: () => Promise<Sample>): Promise<Sample> => {
      const before = cpuTimes(processes);
      const sample = await work();
      return { ...sample, cpu: cpuPer(count, before, cpuTimes(processes)) };
    };
    await measureRow({
      name: `sync-unchanged-${count}`,
      what: `a names pass over ${count} repositories with ${TAGS} tags each, nothing changed, against a loop with the same reads`,
      unit: 'repositories/s',
      rounds: ROUNDS,
      ours: () => withCpu(() => pass(house, worker.pid, count, memory)),
      limit: () => withCpu(readAll),
    });
    return memory.most;
  } finally {
    await agent.close();
    await house.remove();
    await registry.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** From the moment that a worker takes the run until it has ended, by the database's clock. */
async function pass(house: House, pid: number, count: number, memory: { most: number }): Promise<Sample> {
  const { rows } = await house.sql.query<{ id: number }>(
    `INSERT INTO sync_runs (registry_id, slot, mode, strategy)
     SELECT min(id), 'bench:' || gen_random_uuid(), 'names', 'update' FROM registries RETURNING id`,
  );
  const ended = async () => {
    memory.most = Math.max(memory.most, residentMb(pid));
    const found = await house.sql.query<{ state: string; outcome: string; seconds: number; seen: number }>(
      `SELECT state, outcome, extract(epoch FROM finished_at - started_at)::float AS seconds, done AS seen
         FROM sync_runs WHERE id = $1 AND finished_at IS NOT NULL AND changes = '{}' AND failed = 0`,
      [rows[0]!.id],
    );
    return found.rows[0];
  };
  const run = await until('the pass has ended, and nothing had changed', ended, {
    timeoutMs: RUN_TIMEOUT_MS,
    everyMs: 50,
  });
  if (run.state !== 'done' || run.seen !== count) throw new Error(`the pass ended as ${run.state}: ${run.outcome}`);
  return { rate: count / run.seconds };
}

/** The least that tells the same: every page of the catalog, and the tags of every repository. */
async function bareLoop(
  house: House,
  url: string,
  agent: Agent,
  repositories: readonly StoredRepository[],
): Promise<() => Promise<Sample>> {
  const sign = serviceTokens(house);
  const everything = await sign([{ type: 'registry', name: 'catalog', actions: ['*'] }]);
  const tokens = new Map<string, string>();
  for (const { name } of repositories) tokens.set(name, await sign(pullOf(name)));
  const get = async <T>(path: string, token: string): Promise<{ body: T; next: string | null }> => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await request(`${url}${path}`, { dispatcher: agent, headers });
    const next = /<([^>]+)>/.exec(String(answer.headers['link'] ?? ''))?.[1] ?? null;
    if (answer.statusCode !== 200) throw new Error(`${path}: the registry answers ${answer.statusCode}`);
    return { body: (await answer.body.json()) as T, next };
  };
  async function* names(): AsyncGenerator<string> {
    for (let path: string | null = `/v2/_catalog?n=${PAGE}`; path !== null;) {
      const page: { body: { repositories: string[] }; next: string | null } = await get(path, everything);
      yield* page.body.repositories;
      path = page.next;
    }
  }
  return async () => {
    const begun = performance.now();
    let seen = 0;
    await inParallel(names(), CONCURRENCY, async (name) => {
      const { body } = await get<{ tags: string[] }>(`/v2/${name}/tags/list`, tokens.get(name)!);
      if (body.tags.length === TAGS) seen += 1;
    });
    if (seen !== repositories.length)
      throw new Error(`the registry lists ${seen} of ${repositories.length} repositories`);
    return { rate: (seen * 1000) / (performance.now() - begun) };
  };
}
