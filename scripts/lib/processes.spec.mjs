import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { endProcess, isAlive, parseStat, refOf, startTimeOf } from './processes.mjs';

const children = [];
function start(program) {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

describe(parseStat, () => {
  const after = 'S 1 2 3 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 1000 5';

  it.each(['(node)', '(a b)', '(odd) name)'])('finds the start time behind the process name %s', (name) => {
    expect(parseStat(`12 ${name} ${after}`, 'boot')).toBe('boot/777');
  });

  it('counts a zombie as dead', () => {
    expect(parseStat(`12 (node) Z${after.slice(1)}`, 'boot')).toBeUndefined();
  });
});

describe(isAlive, () => {
  it('knows this very process', () => {
    expect(isAlive(refOf(process.pid))).toBe(true);
  });

  it('does not take another process with the same pid for it', () => {
    expect(isAlive({ pid: process.pid, startTime: `${startTimeOf(process.pid)}1` })).toBe(false);
  });

  it.each([0, -1, 2 ** 22 + 1, 1.5])('has no start time for the pid %s', (pid) => {
    expect(startTimeOf(pid)).toBeUndefined();
  });
});

describe(endProcess, () => {
  it('kills a process that ignores the gentle signal', async () => {
    const child = start("process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6)");
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    await endProcess(refOf(child.pid), [['SIGTERM', 100]]);
    expect((await exited)[1]).toBe('SIGKILL');
  });

  it('leaves a process alone that only has the pid', async () => {
    const child = start("console.log('up'); setInterval(() => {}, 1e6)");
    await once(child.stdout, 'data');
    const ref = refOf(child.pid);
    await endProcess({ ...ref, startTime: 'another boot/1' });
    expect(isAlive(ref)).toBe(true);
  });
});
