import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadKeyRing } from '#tokens/key-ring.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { bundleOf, jwksOf } from '#tokens/published-key.js';
import { Balancer } from './balancer.js';
import { watchApi } from './contract/watch.js';
import { createDatabase } from './databases.js';
import { OwnPostgres } from './own-postgres.js';
import { OwnRedis } from './own-redis.js';
import { pooled } from './pooler.js';
import { quietPort } from './ports.js';
import { Program } from './program.js';
import { startRealRegistry, type RealRegistryOptions } from './real-registry.js';
import { Stack } from './stack-handle.js';
import { migratedTemplate } from './template-database.js';

const run = promisify(execFile);
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ISSUER = 'portus.e2e.test';

export interface StackOptions {
  /** Default 2.8. */
  registry?: '2.8' | '3';
  /** Default redis, a server of the stack's own. */
  queues?: 'redis' | 'postgres';
  /** How many to start; default 1. */
  workers?: number;
  /** Whether registry and clients reach the api through a balancer, to which further replicas may be added. */
  balanced?: boolean;
  /** A cluster of its own, which can be stopped; else a database on the server of DATABASE_URL. */
  ownPostgres?: boolean;
  /** Whether api and workers reach the database through a pooler that shares connections between transactions. */
  pooled?: boolean;
  /** Default `initial`: one import at the start, then notifications only, so that no sync repairs what they miss. */
  strategy?: 'initial' | 'on-start' | 'update' | 'update-delete';
  /** Over all other variables of api and worker; undefined takes one away. */
  env?: Record<string, string | undefined>;
  registryOptions?: Partial<RealRegistryOptions>;
  /** The signing key and a certificate of it; default a new one. */
  key?: { keyPem: string; certificatePem: string };
  /** By what the registry knows the key: default the certificate; `jwks` (3.x): the key alone. */
  trust?: 'rootcertbundle' | 'jwks';
}

/** Environment variables that name the registries' programs. */
export const REGISTRY_PROGRAMS = { '2.8': 'PORTUS_TEST_REGISTRY_28', '3': 'PORTUS_TEST_REGISTRY_3' } as const;

type Undo = () => Promise<void> | void;

/**
 * Starts the whole house out of `dist`: database, queue store, migrations, api, workers, and a real registry wired to
 * it. Returns when all of it is ready; after a failure nothing is left running.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const undo: Undo[] = [];
  try {
    return await build(options, undo);
  } catch (error) {
    await undoAll(undo).catch(() => undefined);
    throw error;
  }
}

async function build(options: StackOptions, undo: Undo[]): Promise<Stack> {
  const binary = process.env[REGISTRY_PROGRAMS[options.registry ?? '2.8']];
  if (!binary) throw new Error(`${REGISTRY_PROGRAMS[options.registry ?? '2.8']} does not name a registry program`);
  const stores = await startStores(options, undo);
  const [port, registryPort] = [await quietPort(), await quietPort()];
  const url = `http://localhost:${port}`;
  watchApi(url);
  const registryHost = `localhost:${registryPort}`;
  const secrets = { adminPassword: word(), servicePassword: word(), webhookSecret: word() };
  const trust = options.trust ?? 'rootcertbundle';
  const key = await writeKey(options.key, trust, undo);
  const { balancer, apiPort } = await balance(options, port, undo);
  const env = environment(options, { ...stores, port: apiPort, registryHost });
  Object.assign(env, secretVariables(secrets), key.variables, options.env);
  // Queues in PostgreSQL have tables of their own.
  if (!stores.isMigrated || stores.redis === null)
    await run(process.execPath, [programFile('migrate')], { env: withoutUndefined(env), cwd: '/' });
  if (options.pooled) env['DATABASE_URL'] = await pooled(stores.databaseUrl, undo);
  const api = program('api', await withMetrics(env), `http://localhost:${apiPort}/_health`);
  undo.push(() => api.stop());
  await api.start();
  const registry = await startRealRegistry({
    binary,
    port: registryPort,
    auth: { realm: `${url}/v2/token`, service: registryHost, issuer: ISSUER, [trust]: key.trustPath },
    notifications: { url: `${url}/v2/webhooks/events`, secret: secrets.webhookSecret },
    ...options.registryOptions,
  });
  undo.push(() => registry.remove());
  const stack = new Stack({
    ...secrets,
    ...stores,
    url,
    registryHost,
    balancer,
    api,
    registry,
    signing: { ...key, trust, issuer: ISSUER },
    environment: withoutUndefined(env),
    newApi: async (changes) => newApi({ ...env, ...changes }, undo),
    newWorker: async (changes) => newWorker({ ...env, ...changes }, undo),
    undo: () => undoAll(undo),
  });
  for (let i = 0; i < (options.workers ?? 1); i++) await stack.startWorker();
  return stack;
}

/** The api's own port, which is another one than the public when a balancer has that. */
async function balance(options: StackOptions, port: number, undo: Undo[]) {
  if (!options.balanced) return { balancer: null, apiPort: port };
  const balancer = await Balancer.start(port);
  undo.push(() => balancer.stop());
  const apiPort = await quietPort();
  balancer.add(apiPort);
  return { balancer, apiPort };
}

async function startStores(options: StackOptions, undo: Undo[]) {
  const redis = (options.queues ?? 'redis') === 'redis' ? await OwnRedis.start() : null;
  if (redis) undo.push(() => redis.stop());
  const postgres = options.ownPostgres ? await OwnPostgres.start() : null;
  if (postgres) undo.push(() => postgres.remove());
  const serverUrl = postgres?.url ?? process.env['DATABASE_URL'];
  if (!serverUrl) throw new Error('DATABASE_URL does not name a PostgreSQL server');
  const template = migratedTemplate(serverUrl);
  const database = await createDatabase(serverUrl, template);
  // A cluster of our own is removed as a whole, and may not even run then.
  if (!postgres) undo.push(() => database.drop());
  return { redis, postgres, databaseUrl: database.url, isMigrated: template !== null };
}

async function writeKey(given: StackOptions['key'], trust: NonNullable<StackOptions['trust']>, undo: Undo[]) {
  const { keyPem, certificatePem } = given ?? (await makeSigningKey({ commonName: ISSUER }));
  const folder = await mkdtemp(join(tmpdir(), 'portus-stack-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const [keyPath, certificatePath] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  await writeFile(keyPath, keyPem, { mode: 0o600 });
  await writeFile(certificatePath, certificatePem);
  const trustPath = join(folder, trust);
  const { published } = loadKeyRing({ keyPath, certPath: certificatePath, otherKeyPaths: [] }, new Date());
  await writeFile(trustPath, trust === 'jwks' ? JSON.stringify(await jwksOf(published)) : bundleOf(published));
  return {
    keyPem,
    certificatePem,
    keyPath,
    certificatePath,
    trustPath,
    variables: { PORTUS_KEY_PATH: keyPath, PORTUS_CERT_PATH: certificatePath },
  };
}

type Environment = Record<string, string | undefined>;

function environment(
  options: StackOptions,
  parts: { databaseUrl: string; redis: OwnRedis | null; port: number; registryHost: string },
): Environment {
  return {
    PATH: process.env['PATH'],
    DATABASE_URL: parts.databaseUrl,
    REDIS_URL: parts.redis?.url,
    PORTUS_HOST: '127.0.0.1',
    PORTUS_PORT: String(parts.port),
    PORTUS_MACHINE_FQDN: ISSUER,
    PORTUS_INIT_REGISTRY_NAME: 'e2e',
    PORTUS_INIT_REGISTRY_HOSTNAME: parts.registryHost,
    PORTUS_BACKGROUND_SYNC_STRATEGY: options.strategy ?? 'initial',
    PORTUS_BACKGROUND_SYNC_INTERVAL: '2',
    PORTUS_BACKGROUND_SYNC_DEEP_INTERVAL: '4',
    PORTUS_BACKGROUND_SYNC_CONFIRMATION: '1',
    PORTUS_LOG_LEVEL: 'debug',
  };
}

function secretVariables(secrets: { adminPassword: string; servicePassword: string; webhookSecret: string }) {
  return {
    PORTUS_SECRET_KEY_BASE: word(),
    PORTUS_PASSWORD: secrets.servicePassword,
    PORTUS_INIT_ADMIN_PASSWORD: secrets.adminPassword,
    PORTUS_INIT_REGISTRY_WEBHOOK_SECRET: secrets.webhookSecret,
  };
}

async function newApi(env: Environment, undo: Undo[]): Promise<{ url: string; program: Program }> {
  const port = await quietPort();
  const url = `http://localhost:${port}`;
  watchApi(url);
  const api = program('api', await withMetrics({ ...env, PORTUS_PORT: String(port) }), `${url}/_health`);
  undo.push(() => api.stop());
  await api.start();
  return { url, program: api };
}

async function newWorker(env: Environment, undo: Undo[]): Promise<Program> {
  const port = await quietPort();
  const own = { ...(await withMetrics(env)), PORTUS_WORKER_PORT: String(port) };
  const worker = program('worker', own, `http://127.0.0.1:${port}/_health`);
  undo.push(() => worker.stop());
  return worker;
}

function program(name: 'api' | 'worker', env: Environment, healthUrl: string): Program {
  const isReady = async (): Promise<boolean> => {
    const answer = await fetch(healthUrl, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.status === 200;
  };
  const args = ['--enable-source-maps', programFile(name)];
  const metricsUrl = `http://127.0.0.1:${env['PORTUS_METRICS_PORT']}/metrics`;
  const urls = { metricsUrl, healthUrl: new URL(healthUrl).origin };
  return new Program({ name, file: process.execPath, args, env: withoutUndefined(env), isReady, ...urls });
}

/** Every program shows them, on a port of its own. */
async function withMetrics(env: Environment): Promise<Environment> {
  return { ...env, PORTUS_METRICS_PORT: String(await quietPort()) };
}

/** A program of the built product. Throws when it was not built. */
export function programFile(name: 'api' | 'worker' | 'migrate' | 'portus'): string {
  const file = join(ROOT, 'dist/programs', `${name}.js`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first`);
  return file;
}

const withoutUndefined = (env: Environment): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));

const word = (): string => randomBytes(20).toString('hex');

/** Undoes in reverse order, all of it, and throws the first error at the end. */
async function undoAll(undo: Undo[]): Promise<void> {
  let failure: unknown = null;
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) {
    try {
      await step();
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== null) throw failure;
}
