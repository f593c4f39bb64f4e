import { existsSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { POSTGRES, endProcess, refOf } from './processes.mjs';

/**
 * Ends every PostgreSQL process that still works in a data folder: a server whose start was killed, or the children of
 * a server that was killed itself (they leave on their own, a moment later). PostgreSQL refuses to start beside them.
 */
export async function endServersIn(folder) {
  const refs = serversIn(folder).map(refOf).filter(Boolean);
  for (const ref of refs.sort((a, b) => age(a) - age(b))) await endProcess(ref, POSTGRES);
  removeMisleadingPidFile(folder);
}

/**
 * PostgreSQL takes any process with the pid in postmaster.pid for its other self: a stranger that got the pid since, or
 * the zombie of a killed server, which stays for ever in a container whose first process does not reap. No server works
 * here any more, so such a file is only in the way. A pid that nobody has is PostgreSQL's own business.
 */
function removeMisleadingPidFile(folder) {
  const file = join(folder, 'postmaster.pid');
  if (existsSync(file) && exists(pidIn(file))) rmSync(file);
}

const pidIn = (file) => Number(readFileSync(file, 'utf8').split('\n')[0]);

function exists(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function serversIn(folder) {
  try {
    return process.platform === 'linux' ? linuxServersIn(realpathSync(folder)) : pidFileServer(folder);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** The postmaster was started first, and goes first: it takes its children with it. */
const age = ({ startTime }) => Number(startTime.split('/').pop());

/** A server's working directory is its data folder. */
function linuxServersIn(folder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => linkOf(`/proc/${pid}/cwd`) === folder && isPostgres(linkOf(`/proc/${pid}/exe`)))
    .map(Number);
}

// A replaced program (after `npm ci`) shows as "… (deleted)".
const isPostgres = (exe) => basename(exe.replace(/ \(deleted\)$/, '')) === 'postgres';

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Elsewhere the first line of postmaster.pid is all there is; the pid may belong to somebody else by now. */
function pidFileServer(folder) {
  const pid = pidIn(join(folder, 'postmaster.pid'));
  const command = execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return basename(command) === 'postgres' ? [pid] : [];
}
