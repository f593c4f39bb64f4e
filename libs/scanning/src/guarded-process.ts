import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Runs a program in a process group of its own, all of which dies with us: the shell reads from a pipe that nobody writes
 * to, and which closes when this process ends, however it ends.
 */
const GUARD = `
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
{ cat <&3 >/dev/null; kill -9 0; } 2>/dev/null &
guard=$!
exec 3<&-
wait "$program"
status=$?
trap '' TERM
kill -9 "$guard" 2>/dev/null
exit "$status"
`;
const STDERR_BYTES = 16 * 1024;

export interface GuardedRun {
  command: string;
  args: readonly string[];
  /** The whole environment of the program. */
  env: Record<string, string>;
  signal: AbortSignal;
  /** Is given all that it writes; what this throws ends the program and is thrown. */
  onOutput: (chunk: Buffer) => void;
}

export interface Ended {
  /** null: it was ended by a signal. */
  code: number | null;
  /** The last of what it complained about. */
  complaints: string;
}

/** Runs a program to its end. When the signal is aborted, its whole group is killed and the reason is thrown. */
export async function runGuarded(run: GuardedRun): Promise<Ended> {
  run.signal.throwIfAborted();
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', run.command, ...run.args], {
    env: run.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let failure: unknown = null;
  const end = (reason: unknown): void => {
    failure ??= reason;
    killGroup(child);
  };
  const onAbort = (): void => end(run.signal.reason);
  run.signal.addEventListener('abort', onAbort, { once: true });
  let complaints = '';
  child.stdin?.on('error', () => undefined);
  child.stderr?.on(
    'data',
    (chunk: Buffer) => (complaints = (complaints + chunk.toString('utf8')).slice(-STDERR_BYTES)),
  );
  child.stdout?.on('data', (chunk: Buffer) => {
    if (failure !== null) return;
    try {
      run.onOutput(chunk);
    } catch (error) {
      end(error);
    }
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (failure !== null) throw failure;
    return { code, complaints: complaints.trim() };
  } finally {
    run.signal.removeEventListener('abort', onAbort);
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
