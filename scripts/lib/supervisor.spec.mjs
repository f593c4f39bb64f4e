import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLedger, endLeftovers } from './ledger.mjs';
import { isAlive, refOf } from './processes.mjs';
import { readJson } from './state-file.mjs';
import { supervise } from './supervisor.mjs';

let folder;
let supervisor;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'portus-supervisor-'))));
afterEach(async () => {
  await supervisor?.stop();
  rmSync(folder, { recursive: true });
});

const said = [];
const onGiveUp = vi.fn();
const ledgerFile = () => join(folder, 'run.json');
const pidFile = () => join(folder, 'pid');
const pid = () => Number(readFileSync(pidFile(), 'utf8'));

/** A service that is ready when its program has written its pid. */
function start(program, options = {}) {
  said.length = 0;
  onGiveUp.mockClear();
  const text = `require('fs').writeFileSync(${JSON.stringify(pidFile())}, String(process.pid)); ${program}`;
  const service = {
    name: 'thing',
    command: () => ({ file: process.execPath, args: ['-e', text] }),
    isReady: async () => existsSync(pidFile()) && readFileSync(pidFile(), 'utf8') !== '',
    before: async () => rmSync(pidFile(), { force: true }),
    ...options,
  };
  const surroundings = {
    dataDir: folder,
    ledger: createLedger(ledgerFile()),
    say: (line) => said.push(line),
    onGiveUp,
  };
  supervisor = supervise(service, surroundings);
  return supervisor.start();
}

const STAY = 'setInterval(() => {}, 1e6)';

describe(supervise, () => {
  it('records the process, and takes it out of the record when it has been stopped', async () => {
    await start(STAY);
    expect(readJson(ledgerFile()).children).toMatchObject([{ name: 'thing', pid: pid() }]);
    await supervisor.stop();
    expect(isAlive(refOf(pid()))).toBe(false);
    expect(readJson(ledgerFile()).children).toEqual([]);
  });

  it('starts a killed process again', async () => {
    await start(STAY);
    const first = pid();
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(said.at(-1)).toContain('thing is back'), 10_000);
    expect(pid()).not.toBe(first);
  });

  it('fails with the end of the log when the process ends before it is ready', async () => {
    const failing = start("console.log('no such table'); process.exit(1)", { isReady: async () => false });
    await expect(failing).rejects.toThrow(/exit code 1[^]*no such table/);
  });

  it('does not try again when the configuration is wrong', async () => {
    await start("setTimeout(() => { console.error('PORTUS_PORT is bad'); process.exit(78) }, 300)");
    await vi.waitFor(() => expect(onGiveUp).toHaveBeenCalledOnce(), 10_000);
    expect(onGiveUp.mock.calls[0][0].message).toContain('PORTUS_PORT is bad');
    expect(said).toEqual([]);
  });

  it('can be stopped while it is starting', async () => {
    const starting = start(STAY, { isReady: async () => false });
    starting.catch(() => {});
    await vi.waitFor(() => expect(pid()).toBeGreaterThan(0), 10_000);
    await supervisor.stop();
    expect(isAlive(refOf(pid()))).toBe(false);
    await expect(starting).rejects.toThrow();
  });
});

describe(endLeftovers, () => {
  it('ends what is still alive of a dead start, and nothing that only has the pid', async () => {
    const child = spawn(process.execPath, ['-e', STAY], { stdio: 'ignore' });
    const children = [
      { name: 'innocent', pid: process.pid, startTime: 'another boot/1', signals: [['SIGKILL', 100]] },
      { name: 'thing', ...refOf(child.pid), signals: [['SIGTERM', 5_000]] },
    ];
    writeFileSync(ledgerFile(), JSON.stringify({ children }));
    expect(await endLeftovers(ledgerFile())).toEqual(['thing']);
    expect(isAlive(children[1])).toBe(false);
  });

  it('has nothing to do without a record', async () => {
    expect(await endLeftovers(join(folder, 'none.json'))).toEqual([]);
  });
});
