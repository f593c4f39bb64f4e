import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../test/support/until.js';

/** A process that is measured, or works beside what is measured. */
export interface Program {
  /** Base URL, without a trailing slash. */
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export interface ProgramOptions {
  /** Path below `dist/`. */
  program: string;
  port: number;
  /** Answers 200 when the program is ready. */
  readyPath: string;
  env: Record<string, string>;
  /** For its output: a file, as a service's output is one. */
  folder: string;
}

const READY_MS = 30_000;
/** With BENCH_PROFILE=<folder> every program leaves a CPU profile there when it ends. */
const PROFILE = process.env['BENCH_PROFILE'];
const NODE_FLAGS = ['--enable-source-maps', ...(PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`] : [])];

/** Starts a compiled program of this tree as a process of its own, and returns when it is ready. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const log = join(options.folder, `${options.program.replaceAll('/', '-')}.log`);
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, [...NODE_FLAGS, join('dist', options.program)], {
    stdio: ['ignore', output, output],
    // Nothing else of ours: PORTUS_* of the shell would change what is measured.
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...options.env },
  });
  closeSync(output);
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    process.off('exit', killWithUs);
    child.kill('SIGTERM');
    await ended;
  };
  const url = `http://127.0.0.1:${options.port}`;
  const ready = async () => {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}:\n${readFileSync(log, 'utf8')}`);
    return (await fetch(`${url}${options.readyPath}`)).status === 200;
  };
  try {
    await until(`${options.program} is ready`, ready, { timeoutMs: READY_MS });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid!, stop };
}
