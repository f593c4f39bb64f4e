import { which } from './commands.mjs';
import { START_ONLY, given } from './settings.mjs';

/**
 * Environment of migrations, api and worker: what the start script decided, under what the user has set.
 * @param {{ settings: object, env: object, secrets: object, key: { keyPath: string, certificatePath: string },
 *   databaseUrl: string, redisUrl?: string, workerPort: number }} parts `redisUrl` unset: the queue lives in PostgreSQL
 */
export function programEnvironment({ settings, env, secrets, key, databaseUrl, redisUrl, workerPort }) {
  const ours = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    PORTUS_HOST: settings.host,
    PORTUS_PORT: String(settings.port),
    PORTUS_WORKER_PORT: String(workerPort),
    PORTUS_MACHINE_FQDN: settings.issuer,
    PORTUS_KEY_PATH: key.keyPath,
    PORTUS_CERT_PATH: key.certificatePath,
    PORTUS_SECRET_KEY_BASE: secrets.secretKeyBase,
    PORTUS_PASSWORD: secrets.servicePassword,
    PORTUS_BACKGROUND_SYNC_STRATEGY: 'update',
    PORTUS_INIT_REGISTRY_NAME: 'local',
    PORTUS_INIT_REGISTRY_HOSTNAME: settings.registryName,
    PORTUS_INIT_REGISTRY_WEBHOOK_SECRET: secrets.webhookSecret,
    PORTUS_INIT_ADMIN_USERNAME: settings.username,
    PORTUS_INIT_ADMIN_PASSWORD: secrets.adminPassword,
    // Where there is one, what is pushed is scanned.
    PORTUS_SECURITY_TRIVY_COMMAND: which('trivy', env.PATH),
  };
  const merged = { ...env };
  for (const [name, value] of Object.entries(ours)) {
    const isGiven = env[name] !== undefined || env[`${name}_FILE`] !== undefined;
    if (!isGiven && value !== undefined) merged[name] = value;
  }
  for (const name of START_ONLY) delete merged[name];
  return merged;
}

const GIVEN_SECRETS = {
  secretKeyBase: 'PORTUS_SECRET_KEY_BASE',
  servicePassword: 'PORTUS_PASSWORD',
  adminPassword: 'PORTUS_INIT_ADMIN_PASSWORD',
  webhookSecret: 'PORTUS_INIT_REGISTRY_WEBHOOK_SECRET',
};

/** The stored secrets, with those that the user has set in their place. */
export function withGivenSecrets(stored, env) {
  const chosen = Object.entries(GIVEN_SECRETS).map(([name, variable]) => [name, given(env, variable) ?? stored[name]]);
  return { ...stored, ...Object.fromEntries(chosen) };
}
