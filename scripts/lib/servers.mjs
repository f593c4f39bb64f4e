import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  ensureDatabase,
  knowsPassword,
  postgresService,
  prepareCluster,
  resetPassword,
  urlOf,
} from './embedded-postgres.mjs';
import { rememberedPort } from './ports.mjs';
import { findRedis, redisService } from './redis.mjs';
import { findRegistry } from './registry.mjs';
import { registryConfiguration } from './registry-config.mjs';
import { given } from './settings.mjs';
import { writeAtomically } from './state-file.mjs';
import { supervise } from './supervisor.mjs';

/** Puts a service on the stack and resolves when it is ready; rejects at once when the start is called off. */
export async function launchService({ stack, settings, progress, context, onGiveUp }, service) {
  const { ledger, signal } = context;
  const supervisor = supervise(service, { dataDir: settings.dataDir, ledger, say: progress.say, onGiveUp });
  stack.push(supervisor);
  await untilAborted(supervisor.start(), signal);
  return supervisor;
}

async function untilAborted(promise, signal) {
  const aborted = new Promise((_, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
  await Promise.race([promise, aborted]);
}

/** @returns {Promise<string>} DATABASE_URL as given, or of our own server */
export async function launchPostgres(start, { databasePassword: password }) {
  const { settings, env, progress, context } = start;
  const url = given(env, 'DATABASE_URL');
  if (url !== undefined) {
    progress.say('  PostgreSQL: the one of DATABASE_URL');
    return url;
  }
  const { root, dataDir } = settings;
  const port = await rememberedPort(dataDir, 'postgres');
  await progress.step('PostgreSQL', async () => {
    const cluster = await prepareCluster({ root, folder: join(dataDir, 'postgres'), password }, context);
    const service = postgresService(cluster, { port, password });
    const supervisor = await launchService(start, service);
    if (!(await knowsPassword({ port, password }))) {
      await supervisor.stop();
      await resetPassword(cluster, password, context);
      await launchService(start, service);
    }
    await ensureDatabase({ port, password });
  });
  return urlOf({ port, password });
}

/** @returns {Promise<string | undefined>} REDIS_URL as given or of our own server; undefined: the queue lives in PostgreSQL */
export async function launchRedis(start, { redisPassword: password }) {
  const { settings, env, progress, context } = start;
  const url = given(env, 'REDIS_URL');
  if (url !== undefined) {
    progress.say('  Redis: the one of REDIS_URL');
    return url;
  }
  const { dataDir } = settings;
  const port = await rememberedPort(dataDir, 'redis');
  let redis;
  await progress.step('Redis', async () => {
    redis = await findRedis(join(dataDir, 'parts'), context);
    if (redis.missing) return `none, so the queue uses PostgreSQL (${redis.missing})`;
    await launchService(start, redisService(redis, { folder: join(dataDir, 'redis'), port, password }));
    return redis.source;
  });
  return redis.missing ? undefined : `redis://:${password}@127.0.0.1:${port}`;
}

/** Finds a registry program and writes its configuration, which is also there when there is no program for it. */
export async function prepareRegistry(start, { secrets, key }) {
  const { settings, env, progress, context } = start;
  const { dataDir, registryPort: port } = settings;
  const place = { configuration: join(dataDir, 'registry.yml'), storage: join(dataDir, 'registry'), port };
  mkdirSync(place.storage, { recursive: true, mode: 0o700 });
  writeAtomically(
    place.configuration,
    registryConfiguration({
      storage: place.storage,
      address: `127.0.0.1:${port}`,
      service: settings.registryName,
      portusUrl: settings.url,
      webhookUrl: `http://${settings.loopback}:${settings.port}`,
      issuer: settings.issuer,
      certificatePath: key.certificatePath,
      webhookSecret: secrets.webhookSecret,
      httpSecret: secrets.registryHttpSecret,
    }),
  );
  if (!settings.ownRegistry) return { place, source: `registry ${settings.registryName}, not started here` };
  const containerName = `portus-registry-${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`;
  const options = { chosen: env.PORTUS_REGISTRY_BIN, unpackedIn: join(dataDir, 'parts'), containerName, dataDir };
  let registry;
  await progress.step('Registry program', async () => {
    registry = await findRegistry(options, context);
    return registry.source ?? `none: ${registry.missing}`;
  });
  return { ...registry, place };
}
