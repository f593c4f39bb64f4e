import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { lastLines } from './child-log.mjs';

/** A command that ended badly; `output` is the end of what it printed. */
export class CommandError extends Error {
  constructor(command, outcome, output) {
    super(`${command} ${outcome}${output ? `\n${lastLines(output, 15)}` : ''}`);
    this.output = output;
  }
}

/**
 * Runs a command to its end and returns all that it printed, both streams in one. It gets its own process group, so that
 * Ctrl-C reaches it through us only; an abort or the time limit ends the whole group.
 * @param {{ signal?: AbortSignal, ledger?: object, timeoutMs?: number, input?: string, onText?: (text: string) => void }
 *   & import('node:child_process').SpawnOptions} [options]
 * @throws {CommandError}
 */
export async function run(file, args, { signal, ledger, timeoutMs, onText, stdio, ...options } = {}) {
  signal?.throwIfAborted();
  const command = [file, ...args].join(' ').slice(0, 200);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: stdio ?? ['ignore', 'pipe', 'pipe'], detached: true });
    if (child.pid !== undefined) ledger?.add(basename(file === process.execPath ? args[0] : file), child.pid);
    const output = collect(child, onText);
    const guard = endOnAbort(child, signal, timeoutMs);
    child.once('error', (error) => {
      guard.release();
      reject(new CommandError(command, error.message, ''));
    });
    child.once('close', (code, killedBy) => {
      guard.release();
      ledger?.remove(child.pid);
      if (signal?.aborted) reject(signal.reason);
      else if (guard.timedOut) reject(new CommandError(command, `took more than ${timeoutMs / 1000} s`, output.text));
      else if (code === 0) resolve(output.text);
      else reject(new CommandError(command, killedBy ? `was ended by ${killedBy}` : `failed (${code})`, output.text));
    });
  });
}

function collect(child, onText) {
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output.text = (output.text + text).slice(-1_000_000);
      onText?.(text);
    });
  }
  return output;
}

function endOnAbort(child, signal, timeoutMs) {
  const guard = { timedOut: false, release };
  let hard;
  const end = () => {
    killGroup(child.pid, 'SIGTERM');
    hard = setTimeout(killGroup, 3_000, child.pid, 'SIGKILL');
  };
  const timer =
    timeoutMs &&
    setTimeout(() => {
      guard.timedOut = true;
      end();
    }, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  function release() {
    clearTimeout(timer);
    clearTimeout(hard);
    signal?.removeEventListener('abort', end);
  }
  return guard;
}

function killGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Full path of a program on PATH, or undefined. */
export function which(name, path = process.env.PATH ?? '') {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** True for a file (not a folder) that this user may execute. */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** What `<file> --version` prints; undefined when it does not run (missing library, other architecture, …). */
export async function versionOf(file, env = process.env) {
  try {
    return (await run(file, ['--version'], { env, timeoutMs: 10_000 })).trim();
  } catch {
    return undefined;
  }
}
