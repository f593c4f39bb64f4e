import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findClair } from './clair.mjs';
import { findChromium, findDocker, findPromtool, findRegistry3, findRootTool, findSkopeo } from './client-tools.mjs';
import { findContainerParts } from './container-parts.mjs';
import { postgresService, prepareCluster, urlOf } from './embedded-postgres.mjs';
import { findNginx } from './nginx.mjs';
import { findPgbouncer } from './pgbouncer.mjs';
import { anyFreePort } from './ports.mjs';
import { findPostgres } from './postgres-binaries.mjs';
import { findRedis, redisService } from './redis.mjs';
import { findOnPath, findUnpacked } from './registry.mjs';
import { randomWord } from './secrets.mjs';
import { launchService } from './servers.mjs';
import { findScannerAdapter } from './scanner-adapter.mjs';
import { findTrivy } from './trivy.mjs';

const ROOMY = ['max_connections=300'];
/** Data that nobody will miss need not reach the disk. */
const FORGETFUL = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** Where programs that were built or unpacked for tests are kept between runs, outside the tree. */
export const testCache = () => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'portus-test');

/**
 * Servers and programs for the tests and benchmarks that work on real parts. What cannot be had is left out of `env` and
 * stands in `missing`, with the reason and whether apt or npm would offer it.
 * @param {{ root: string, workDir: string, durable?: boolean, env: object, progress: object, context: object, stack: object[],
 *   onGiveUp: (error: Error) => void }} options `durable`: the servers sync to disk, as in production
 */
export async function prepareRealParts(options) {
  const found = { env: {}, missing: {} };
  await options.progress.step('PostgreSQL', () => preparePostgres(options, found));
  await options.progress.step('Redis', () => prepareRedis(options, found));
  await preparePrograms(options, found);
  return found;
}

async function preparePostgres(options, { env }) {
  const { bin, uid, gid } = findPostgres(options.root);
  env.PORTUS_TEST_PG_BIN = bin;
  if (uid !== undefined) Object.assign(env, { PORTUS_TEST_PG_UID: String(uid), PORTUS_TEST_PG_GID: String(gid) });
  env.DATABASE_URL = options.env.DATABASE_URL ?? (await startPostgres(options));
}

async function startPostgres(options) {
  const { root, workDir, durable = false, context } = options;
  const [port, password] = [await anyFreePort(), randomWord(20)];
  const cluster = await prepareCluster({ root, folder: join(workDir, 'postgres'), password }, context);
  await launch(
    options,
    postgresService(cluster, { port, password, settings: durable ? ROOMY : [...ROOMY, ...FORGETFUL] }),
  );
  return urlOf({ port, password, database: 'postgres' });
}

async function prepareRedis(options, { env, missing }) {
  const redis = await findRedis(join(testCache(), 'parts'), options.context);
  if (redis.missing !== undefined) {
    missing.PORTUS_TEST_REDIS_BIN = { reason: redis.missing, offered: true };
    if (options.env.REDIS_URL === undefined) missing.REDIS_URL = missing.PORTUS_TEST_REDIS_BIN;
    return `none: ${redis.missing}`;
  }
  env.PORTUS_TEST_REDIS_BIN = redis.file;
  if (redis.env.LD_LIBRARY_PATH !== undefined) env.LD_LIBRARY_PATH = redis.env.LD_LIBRARY_PATH;
  env.REDIS_URL = options.env.REDIS_URL ?? (await startRedis(options, redis));
  return redis.source;
}

async function startRedis(options, redis) {
  const [port, password] = [await anyFreePort(), randomWord(20)];
  const folder = join(options.workDir, 'redis');
  await launch(options, redisService(redis, { folder, port, password, durable: options.durable ?? false }));
  return `redis://:${password}@127.0.0.1:${port}`;
}

/** Suites drop databases under open connections and the like; what the servers say to that stays in their logs. */
function launch({ workDir, context, stack, onGiveUp }, service) {
  const quiet = { say: () => {} };
  return launchService({ settings: { dataDir: workDir }, context, progress: quiet, stack, onGiveUp }, service);
}

async function preparePrograms({ root, progress, context }, found) {
  const cache = testCache();
  mkdirSync(cache, { recursive: true });
  let docker;
  const parts = [
    ['Registry 2.8', true, () => registry28(cache, context)],
    ['Registry 3', false, () => findRegistry3(cache, context)],
    ['skopeo', true, () => findSkopeo(context)],
    ['docker', true, async () => (docker = await findDocker(context))],
    ['Containers', false, () => findContainerParts(cache, docker, context)],
    ['chromium', true, () => findChromium(context)],
    ['podman', true, () => findRootTool('podman', 'PORTUS_TEST_PODMAN', context)],
    ['buildah', true, () => findRootTool('buildah', 'PORTUS_TEST_BUILDAH', context)],
    ['nginx', true, () => findNginx(cache, context)],
    ['PgBouncer', true, () => findPgbouncer(cache, context)],
    ['promtool', true, () => findPromtool(cache, context)],
    ['Clair', false, () => findClair(cache, context)],
    ["Harbor's scanner adapter", false, () => findScannerAdapter(cache, context)],
    ['Trivy', false, () => findTrivy(cache, join(root, 'test/vectors/trivy-db.yaml'), context)],
  ];
  for (const [label, offered, find] of parts)
    await progress.step(label, async () => {
      const { env = {}, missing } = await find();
      Object.assign(found.env, env);
      for (const [name, reason] of Object.entries(missing ?? {})) found.missing[name] = { reason, offered };
      return Object.values(missing ?? env)[0];
    });
}

async function registry28(cache, context) {
  const onPath = await findOnPath('docker-registry');
  if (onPath !== undefined) return { env: { PORTUS_TEST_REGISTRY_28: onPath } };
  const unpacked = await findUnpacked(join(cache, 'parts/registry'), context);
  if (unpacked.file !== undefined) return { env: { PORTUS_TEST_REGISTRY_28: unpacked.file } };
  return { missing: { PORTUS_TEST_REGISTRY_28: unpacked.missing } };
}
