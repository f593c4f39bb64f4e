import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { runGuarded } from './guarded-process.js';

const env = { PATH: process.env['PATH'] ?? '' };
const sh = (script: string, signal: AbortSignal, onOutput: (chunk: Buffer) => void = () => undefined) =>
  runGuarded({ command: 'sh', args: ['-c', script], env, signal, onOutput });
const never = new AbortController().signal;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const untilDead = async (pid: number): Promise<void> => {
  for (let i = 0; i < 500 && isAlive(pid); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isAlive(pid)).toBe(false);
};

describe(runGuarded, () => {
  it('gives what a program writes, says and ends with', async () => {
    let written = '';
    const ended = await sh('echo out; echo bad >&2; exit 3', never, (chunk) => (written += chunk));
    expect(ended).toEqual({ code: 3, complaints: 'bad' });
    expect(written).toBe('out\n');
  });

  it('keeps the end of endless complaints', async () => {
    const { complaints } = await sh('i=0; while [ $i -lt 5000 ]; do echo line-$i; i=$((i+1)); done >&2', never);
    expect(complaints.length).toBeLessThanOrEqual(16 * 1024);
    expect(complaints).toContain('line-4999');
  });

  it('kills all that a program has started when it is aborted', async () => {
    const abort = new AbortController();
    let pid = 0;
    const running = sh('sleep 1000 & echo $!; wait', abort.signal, (chunk) => {
      pid = Number(chunk);
      abort.abort(new Error('enough'));
    });
    await expect(running).rejects.toThrow('enough');
    await untilDead(pid);
  });

  it('ends a program whose output nobody can use', async () => {
    const running = sh('while :; do echo more; done', never, () => {
      throw new Error('too much');
    });
    await expect(running).rejects.toThrow('too much');
  });

  it('leaves nothing running when this process is killed', async () => {
    const source = readFileSync(new URL('./guarded-process.ts', import.meta.url), 'utf8');
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    const code = `${ts.transpileModule(source, { compilerOptions: options }).outputText}
      void runGuarded({ command: 'sh', args: ['-c', 'sleep 1000 & echo $!; wait'], env: process.env,
        signal: new AbortController().signal, onOutput: (chunk) => process.stdout.write(chunk) });`;
    const args = ['--input-type=module', '-e', code];
    const victim = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await once(victim.stdout!, 'data')) as [Buffer];
    victim.kill('SIGKILL');
    await untilDead(Number(chunk));
  });
});
