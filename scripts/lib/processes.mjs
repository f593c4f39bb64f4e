import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{ pid: number, startTime: string }} ProcessRef A process that cannot be mistaken for a later one with the same pid. */

/** Boot id and start tick on Linux, `ps`'s start date elsewhere; undefined when there is no such (living) process. */
export function startTimeOf(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid);
}

function linuxStartTime(pid) {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), bootId());
  } catch {
    return undefined;
  }
}

/** The process name may hold spaces and parentheses, so the fields are counted from the last ')': state is the first, start time the 20th. */
export function parseStat(stat, boot) {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const dead = fields[0] === 'Z' || fields[0] === 'X';
  return dead ? undefined : `${boot}/${fields[19]}`;
}

/** Ticks count from boot, so two boots of one machine can repeat a (pid, tick) pair; the boot id tells them apart. */
function bootId() {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

function psStartTime(pid) {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

/** @returns {ProcessRef | undefined} */
export function refOf(pid) {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** True only for the very process that was recorded, never for another one that got its pid. */
export function isAlive(ref) {
  return typeof ref?.startTime === 'string' && startTimeOf(ref.pid) === ref.startTime;
}

/** How the processes we start want to be ended: each signal with the milliseconds it is given; SIGKILL follows always. */
export const GENTLE = [['SIGTERM', 10_000]];
/** PostgreSQL: "fast" shutdown, then "immediate" (which leaves a crash recovery for the next start). */
export const POSTGRES = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
];

/**
 * Ends one process and resolves when it is gone.
 * @param {ProcessRef} ref
 * @param {[string, number][]} signals each with its grace in milliseconds
 */
export async function endProcess(ref, signals = GENTLE) {
  for (const [signal, graceMs] of [...signals, ['SIGKILL', 5_000]]) {
    if (!send(ref, signal)) return;
    const deadline = Date.now() + graceMs;
    while (Date.now() < deadline) {
      if (!isAlive(ref)) return;
      await sleep(25);
    }
  }
}

function send(ref, signal) {
  if (!isAlive(ref)) return false;
  try {
    process.kill(ref.pid, signal);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw new Error(`process ${ref.pid} cannot be ended (${error.code}); end it by hand: kill ${ref.pid}`, {
      cause: error,
    });
  }
}
