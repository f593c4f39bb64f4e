import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines, prepareLog, readFrom, watchErrors } from './child-log.mjs';
import { GENTLE, endProcess, refOf } from './processes.mjs';

/** A run shorter than this counts as a quick failure; so many of them in a row end the attempt. */
const QUICK_MS = 30_000;
const QUICK_FAILURES = 5;
const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000];
/** Exit code of a program whose configuration is wrong: starting it again cannot help. */
const BAD_CONFIGURATION = 78;

/**
 * @typedef {object} Service what a supervisor keeps running
 * @property {string} name also the name of its log
 * @property {(log: number) => { file: string, args: string[], spawned?: () => void }} command spawn options beside file and args
 * @property {() => Promise<boolean>} isReady
 * @property {() => Promise<void>} [before] runs before each start
 * @property {[string, number][]} [signals] how to end it
 * @property {string} [containerName] what a killed client leaves behind
 */

/**
 * Keeps one service running. Children write their logs themselves and live in sessions of their own: a Ctrl-C in the
 * terminal reaches them only through us, in our order, and our death does not break their output.
 * @param {Service} service
 * @param {{ dataDir: string, ledger: object, say: (text: string) => void, onGiveUp: (error: Error) => void }} surroundings
 */
export function supervise(service, { dataDir, ledger, say, onGiveUp }) {
  const { name } = service;
  const log = prepareLog(dataDir, name);
  const stopWatching = watchErrors(log, (text) => say(`  ${name}: ${text}`));
  const stopping = new AbortController();
  const { signal } = stopping;
  let current;

  async function launch() {
    await service.before?.();
    signal.throwIfAborted();
    current = startChild(service, log, ledger);
    await becomesReady(current, service, signal);
  }

  async function keepRunning() {
    for (let failures = 0; ;) {
      const outcome = await current.exited;
      if (signal.aborted) return;
      const lastedLong = current.wasReady && outcome.at - current.began > QUICK_MS;
      failures = lastedLong ? 1 : failures + 1;
      if (outcome.code === BAD_CONFIGURATION || failures > QUICK_FAILURES) return onGiveUp(failure(current, outcome));
      say(`  ${name} ended (${outcome.text}); starting it again`);
      await relaunch(BACKOFF_MS[failures - 1]);
    }
  }

  async function relaunch(waitMs) {
    try {
      await sleep(waitMs, undefined, { signal });
      await launch();
      say(`  ${name} is back`);
    } catch {
      if (signal.aborted) return;
      // It came up but did not answer, or could not be tried at all: both count as one more quick failure.
      current.wasReady = false;
      if (current.ref) await endProcess(current.ref, service.signals ?? GENTLE);
    }
  }

  return {
    name,
    /** Resolves when the service is ready; rejects with the end of its log when it ends before or takes too long. */
    async start() {
      await launch();
      void keepRunning();
    },
    /** Resolves when the process is gone. May be called at any time and more than once. */
    async stop() {
      stopping.abort();
      stopWatching();
      if (current?.ref) await endProcess(current.ref, service.signals ?? GENTLE);
      ledger.remove(current?.ref?.pid);
    },
  };
}

function startChild(service, log, ledger) {
  const logOffset = readFrom(log, Number.MAX_SAFE_INTEGER).end;
  const output = openSync(log, 'a', 0o600);
  const { file, args, spawned, ...options } = service.command(output);
  const child = spawn(file, args, { stdio: ['ignore', output, output], ...options, detached: true });
  closeSync(output);
  spawned?.();
  const ref = child.pid === undefined ? undefined : refOf(child.pid);
  if (ref) ledger.add(service.name, ref.pid, service.signals, service.containerName);
  const state = { name: service.name, ref, log, logOffset, began: Date.now(), wasReady: false, outcome: undefined };
  state.exited = new Promise((resolve) => {
    const finish = (code, text) => {
      state.outcome = { code, text, at: Date.now() };
      ledger.remove(child.pid);
      resolve(state.outcome);
    };
    child.once('error', (error) => finish(null, error.message));
    child.once('exit', (code, signal) => finish(code, signal ?? `exit code ${code}`));
  });
  return state;
}

async function becomesReady(state, service, signal, limitMs = 60_000) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    if (state.outcome) throw failure(state, state.outcome);
    if (await service.isReady()) break;
    if (Date.now() > deadline) throw failure(state, { text: `not ready after ${limitMs / 1000} s` });
    await sleep(50, undefined, { signal });
  }
  state.wasReady = true;
}

function failure(state, outcome) {
  const tail = lastLines(readFrom(state.log, state.logOffset).text, 12);
  return new Error(`${state.name} does not run (${outcome.text}). The end of ${state.log}:\n${tail}`);
}
