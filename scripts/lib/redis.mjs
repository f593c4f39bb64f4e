import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { versionOf, which } from './commands.mjs';
import { unpackDebianPackages, unpackedEnv } from './debian-packages.mjs';
import { foreignEnvironment } from './foreign-environment.mjs';
import { writeAtomically } from './state-file.mjs';

/** BullMQ asks for Redis 6.2 or later. */
const OLDEST = [6, 2];

/** True for what `redis-server --version` or `valkey-server --version` prints when it is new enough. */
export function isUsableRedis(versionText) {
  const match = /\bv=(\d+)\.(\d+)/.exec(versionText ?? '');
  if (match === null) return false;
  const [major, minor] = match.slice(1).map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/**
 * A Redis program: on PATH, unpacked earlier, or Debian's unpacked now.
 * @returns {Promise<{ file: string, env: object, source: string } | { missing: string }>}
 */
export async function findRedis(unpackedIn, context) {
  for (const name of ['redis-server', 'valkey-server']) {
    const file = which(name);
    if (file && isUsableRedis(await versionOf(file))) return { file, env: foreignEnvironment(), source: file };
  }
  const target = join(unpackedIn, 'redis');
  const unpacked = await tryUnpacked(target);
  if (unpacked) return unpacked;
  try {
    await unpackDebianPackages(['redis-server', 'redis-tools'], target, context);
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return { missing: `no redis-server on PATH; ${error.message}` };
  }
  return (await tryUnpacked(target)) ?? { missing: "Debian's redis-server does not run on this machine" };
}

async function tryUnpacked(target) {
  const file = join(target, 'usr/bin/redis-server');
  const env = unpackedEnv(target, foreignEnvironment());
  return isUsableRedis(await versionOf(file, env)) ? { file, env, source: "Debian's package, unpacked" } : undefined;
}

/** The configuration of our own server. The password is in a file, not on the command line, where all users could read it. */
export function redisConfiguration({ port, password, folder, durable = true }) {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'daemonize no',
    'maxmemory-policy noeviction',
    `appendonly ${durable ? 'yes' : 'no'}`,
    'save ""',
    '',
  ].join('\n');
}

/**
 * How to start Redis in `folder`, for a supervisor.
 * @param {{ file: string, env: object }} redis
 */
export function redisService(redis, { folder, port, password, durable }) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const configuration = join(folder, 'redis.conf');
  writeAtomically(configuration, redisConfiguration({ port, password, folder, durable }));
  return {
    name: 'redis',
    command: () => ({ file: redis.file, args: [configuration], env: redis.env, cwd: folder }),
    isReady: () => answersPing(port, password),
  };
}

/** One PING; false while Redis is away or still loading its data. */
export function answersPing(port, password) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let text = '';
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('close', () => resolve(false));
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.includes('+PONG')) finish(true);
      else if (/^-(ERR|LOADING|WRONGPASS)/m.test(text)) finish(false);
    });
  });
}
