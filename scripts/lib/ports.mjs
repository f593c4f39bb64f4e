import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readJson, writeJson } from './state-file.mjs';

const LOOPBACK = '127.0.0.1';

/** True when a server can listen there. An address family that the machine lacks counts as free. */
export function isFree(port, host = LOOPBACK) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(error.code)) resolve(true);
      else if (error.code === 'EACCES')
        reject(new Error(`port ${port} may not be used by this user; choose one above 1023`));
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Below the range from which systems take ports for outgoing connections: a stopped server finds its port free again. */
const [LOWEST, HIGHEST] = [15_000, 32_000];

/** Any free port of this machine, on loopback. */
export async function anyFreePort() {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port was found between ${LOWEST} and ${HIGHEST}`);
}

/** The port that `name` had last time if it is free now, else another one, remembered in the data folder. */
export async function rememberedPort(dataDir, name) {
  const file = join(dataDir, 'ports.json');
  const ports = readJson(file) ?? {};
  if (ports[name] !== undefined && (await isFree(ports[name]))) return ports[name];
  ports[name] = await anyFreePort();
  writeJson(file, ports);
  return ports[name];
}

/**
 * Refuses to go on when a port is taken. `::1` is asked too: clients that resolve "localhost" to it would reach the stranger.
 * @param {{ port: number, host: string, what: string, variable: string, hint?: string }} wanted
 */
export async function requireFree({ port, host, what, variable, hint }) {
  const hosts = host === LOOPBACK ? [LOOPBACK, '::1'] : [host];
  for (const each of hosts) {
    if (await isFree(port, each)) continue;
    const holder = holderOf(port);
    const by = holder ? `by ${holder}` : 'by another process (which one cannot be seen)';
    throw new Error(
      `port ${port}, needed for ${what}, is taken ${by}. End it, or choose another port: ${variable}=${port + 1} npm start${hint ? `. ${hint}` : ''}`,
    );
  }
}

/** "process 123 (node server.js)" of the process that listens on a TCP port, as far as this user may know it. */
export function holderOf(port) {
  try {
    return process.platform === 'linux' ? linuxHolder(port) : lsofHolder(port);
  } catch {
    return undefined;
  }
}

function linuxHolder(port) {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFileSync(file, 'utf8'));
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (openFiles(pid).some((file) => sockets.has(file))) return `process ${pid} (${commandOf(pid)})`;
  }
  return undefined;
}

/** Socket inodes that listen (state 0A) on `port`, from the text of /proc/net/tcp or tcp6. */
export function listeningInodes(table, port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hex}`) && fields[3] === '0A')
    .map((fields) => fields[9]);
}

function openFiles(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function commandOf(pid) {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  return words.join(' ').slice(0, 80) || readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}

function lsofHolder(port) {
  const text = execFileSync('lsof', ['-nP', '-Fpc', `-iTCP:${port}`, '-sTCP:LISTEN'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  return pid && `process ${pid} (${/^c(.+)$/m.exec(text)?.[1] ?? '?'})`;
}
