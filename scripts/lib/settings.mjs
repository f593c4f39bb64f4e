import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Names that only the start script knows; the programs would warn about them. */
export const START_ONLY = ['PORTUS_DATA_DIR', 'PORTUS_REGISTRY_PORT', 'PORTUS_REGISTRY_BIN'];

/**
 * Lines `KEY=VALUE` of a .env file. Empty lines and lines that begin with # are skipped, `export ` is allowed in front,
 * one pair of quotes around the value is removed; nothing is expanded.
 */
export function parseDotEnv(text) {
  const pairs = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match) pairs[match[1]] = unquote(match[2]);
  }
  return pairs;
}

function unquote(value) {
  const quoted = /^(["'])(.*)\1$/.exec(value);
  return quoted ? quoted[2] : value.replace(/\s+#.*$/, '');
}

/** The process environment over the project's .env file, if there is one. An empty value counts as not given. */
export function readEnvironment(root, environment = process.env) {
  let text = '';
  try {
    text = readFileSync(join(root, '.env'), 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const merged = { ...parseDotEnv(text), ...environment };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}

/** A value given as `NAME`, or as the text of the file that `NAME_FILE` names; undefined when neither is set. */
export function given(env, name) {
  if (env[name] !== undefined) return env[name];
  const file = env[`${name}_FILE`];
  return file === undefined ? undefined : readFileSync(file, 'utf8').trim();
}

/**
 * What the start script itself needs to know.
 * @throws {Error} one message that lists every bad value
 */
export function readSettings(root, env) {
  const problems = [];
  const port = portOf(env, 'PORTUS_PORT', 3000, problems);
  const registryPort = portOf(env, 'PORTUS_REGISTRY_PORT', 5000, problems);
  if (port === registryPort) problems.push(`PORTUS_PORT and PORTUS_REGISTRY_PORT are both ${port}`);
  if ((env.PORTUS_KEY_PATH === undefined) !== (env.PORTUS_CERT_PATH === undefined))
    problems.push('PORTUS_KEY_PATH and PORTUS_CERT_PATH belong together: set both or neither');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const host = env.PORTUS_HOST ?? '127.0.0.1';
  const registryName = env.PORTUS_INIT_REGISTRY_HOSTNAME ?? `localhost:${registryPort}`;
  return {
    root,
    dataDir: resolve(root, env.PORTUS_DATA_DIR ?? 'var'),
    host,
    port,
    registryPort,
    url: `http://localhost:${port}`,
    loopback: ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host,
    registryName,
    registryUrl: `${env.PORTUS_INIT_REGISTRY_USE_SSL === 'true' ? 'https' : 'http'}://${registryName}`,
    ownRegistry: env.PORTUS_INIT_REGISTRY_HOSTNAME === undefined,
    issuer: env.PORTUS_MACHINE_FQDN ?? 'localhost',
    username: env.PORTUS_INIT_ADMIN_USERNAME ?? 'admin',
  };
}

function portOf(env, name, fallback, problems) {
  const port = Number(env[name] ?? fallback);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    problems.push(`${name}=${env[name]} is not a port (1-65535)`);
  return port;
}
