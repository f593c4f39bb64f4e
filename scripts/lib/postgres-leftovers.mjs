import { readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
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
  const pid = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const command = execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return basename(command) === 'postgres' ? [pid] : [];
}
