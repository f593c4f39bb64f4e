import { join } from 'node:path';
import { run } from './commands.mjs';
import { rememberedPort, requireFree } from './ports.mjs';
import { programEnvironment, withGivenSecrets } from './program-environment.mjs';
import { closingLines, isHealthy, verifyPush, withoutRegistryLines, writeQuickstart } from './quickstart.mjs';
import { loadSecrets, loadSigningKey } from './secrets.mjs';
import { launchPostgres, launchRedis, launchService, prepareRegistry } from './servers.mjs';
import { registryService } from './registry.mjs';
import { given } from './settings.mjs';
import { ensureBuilt, ensureInstalled } from './tree.mjs';

/**
 * @typedef {object} Start one run of `npm start`
 * @property {object} settings @property {object} env @property {object} progress
 * @property {{ signal: AbortSignal, ledger: object }} context
 * @property {object[]} stack supervisors, oldest first; the caller stops them in reverse order, at any moment
 * @property {(error: Error) => void} onGiveUp
 */

/**
 * Brings up the whole house and prints what to type next.
 * @param {Start} start
 */
export async function startEverything(start) {
  const { settings, env, progress, context } = start;
  await checkPorts(settings);
  await ensureInstalled(settings.root, progress, context);
  await ensureBuilt(settings.root, progress, context);
  const secrets = withGivenSecrets(loadSecrets(settings.dataDir), env);
  const key = await signingKey(settings, env);
  const databaseUrl = await launchPostgres(start, secrets);
  const redisUrl = await launchRedis(start, secrets);
  const registry = await prepareRegistry(start, { secrets, key });
  const workerPort = Number(given(env, 'PORTUS_WORKER_PORT') ?? (await rememberedPort(settings.dataDir, 'worker')));
  const programs = programEnvironment({ settings, env, secrets, key, databaseUrl, redisUrl, workerPort });
  await migrate(start, programs);
  await launchPrograms(start, { programs, workerPort, registry });
  await announce(start, { registry, password: secrets.adminPassword });
}

async function checkPorts({ host, port, registryPort, ownRegistry }) {
  await requireFree({ port, host, what: 'the web page and the API', variable: 'PORTUS_PORT' });
  if (ownRegistry)
    await requireFree({
      port: registryPort,
      host: '127.0.0.1',
      what: 'the registry',
      variable: 'PORTUS_REGISTRY_PORT',
      hint: `If it is a registry of yours that shall be governed: PORTUS_INIT_REGISTRY_HOSTNAME=localhost:${registryPort} npm start`,
    });
}

async function signingKey(settings, env) {
  const [keyPath, certificatePath] = ['PORTUS_KEY_PATH', 'PORTUS_CERT_PATH'].map((name) => given(env, name));
  if (keyPath === undefined) return loadSigningKey(settings);
  if (certificatePath === undefined)
    throw new Error(
      'PORTUS_KEY_PATH is set and PORTUS_CERT_PATH is not: npm start tells the registry of the key by it',
    );
  return { keyPath, certificatePath };
}

async function migrate({ settings, progress, context }, env) {
  const args = ['--enable-source-maps', 'dist/programs/migrate.js'];
  await progress.step('Database schema', async () => {
    await run(process.execPath, args, { cwd: settings.root, env, ...context });
  });
}

function programService(name, { settings, env, healthUrl }) {
  const args = ['--enable-source-maps', join(settings.root, `dist/programs/${name}.js`)];
  return {
    name,
    command: () => ({ file: process.execPath, args, env, cwd: settings.root }),
    isReady: () => isHealthy(healthUrl),
  };
}

/** All at once: they find each other in any order. They are stopped in the reverse of the order here. */
async function launchPrograms(start, { programs, workerPort, registry }) {
  const { settings, progress } = start;
  const apiUrl = `http://${settings.loopback}:${settings.port}`;
  await progress.step(registry.command ? 'api, worker and registry' : 'api and worker', async () => {
    await Promise.all([
      launchService(start, programService('api', { settings, env: programs, healthUrl: apiUrl })),
      launchService(
        start,
        programService('worker', { settings, env: programs, healthUrl: `http://127.0.0.1:${workerPort}` }),
      ),
      registry.command && launchService(start, registryService(registry, registry.place)),
    ]);
    return registry.source;
  });
}

async function announce({ settings, progress, context }, { registry, password }) {
  const { url, registryName, username, dataDir } = settings;
  const facts = { url, registry: registryName, username, password, dataDir };
  if (registry.missing !== undefined) {
    const lines = withoutRegistryLines({ ...facts, configuration: registry.place.configuration, ...registry });
    return lines.forEach((line) => progress.say(line));
  }
  const local = { ...facts, url: `http://${settings.loopback}:${settings.port}`, registryUrl: settings.registryUrl };
  await progress.step('A push would succeed', async () => {
    if ((await verifyPush(local, context.signal)) === 'password changed') facts.password = undefined;
  });
  context.signal.throwIfAborted();
  writeQuickstart(dataDir, facts);
  closingLines(facts).forEach((line) => progress.say(line));
}
