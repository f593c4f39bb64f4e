import { describe, expect, it } from 'vitest';
import { CommandError, run, versionOf, which } from './commands.mjs';
import { isAlive, refOf } from './processes.mjs';

const node = (program, options) => run(process.execPath, ['-e', program], options);

describe(run, () => {
  it('returns what the command printed on both streams', async () => {
    expect(await node("console.log('a'); console.error('b')")).toMatch(/a\n[^]*b\n|b\n[^]*a\n/);
  });

  it('tells the end of the output of a command that fails', async () => {
    await expect(node("console.log('why'); process.exit(3)")).rejects.toThrow(/failed \(3\)\nwhy/);
  });

  it('tells when a program does not exist', async () => {
    await expect(run('/no/such/program', [])).rejects.toThrow(CommandError);
  });

  it('ends a command that takes too long', async () => {
    await expect(node('setInterval(() => {}, 1e6)', { timeoutMs: 200 })).rejects.toThrow('took more than 0.2 s');
  });

  it('ends the command and what it started when it is called off', async () => {
    const controller = new AbortController();
    const program = "const c = require('child_process').spawn('sleep', ['1000']); console.log(c.pid)";
    let grandchild;
    const running = node(program, {
      signal: controller.signal,
      onText: (text) => {
        grandchild = refOf(Number(text));
        controller.abort('SIGINT');
      },
    });
    await expect(running).rejects.toBe('SIGINT');
    expect(isAlive(grandchild)).toBe(false);
  });

  it('does not begin when it was called off before', async () => {
    await expect(node("console.log('x')", { signal: AbortSignal.abort('SIGTERM') })).rejects.toBe('SIGTERM');
  });
});

describe(which, () => {
  it('finds programs on the given path only', () => {
    expect(which('sh', '/nowhere:/bin')).toBe('/bin/sh');
    expect(which('sh', '/nowhere')).toBeUndefined();
  });
});

describe(versionOf, () => {
  it('is undefined for what does not run', async () => {
    expect(await versionOf('/etc/passwd')).toBeUndefined();
    expect(await versionOf(process.execPath)).toBe(process.version);
  });
});
