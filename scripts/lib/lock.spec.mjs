import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LockHeldError, takeLock } from './lock.mjs';
import { refOf, startTimeOf } from './processes.mjs';

let folder;
let path;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portus-lock-'));
  path = join(folder, 'start.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (holder) => writeFileSync(path, JSON.stringify(holder));

describe(takeLock, () => {
  it('refuses while its holder lives, and tells what the holder said', () => {
    takeLock(path, { url: 'http://localhost:3000' });
    expect(() => takeLock(path, {})).toThrow(LockHeldError);
    expect(() => takeLock(path, {})).toThrow(
      expect.objectContaining({ holder: expect.objectContaining({ url: 'http://localhost:3000' }) }),
    );
  });

  it('can be taken again after its release, and leaves no other file', () => {
    takeLock(path, {})();
    expect(existsSync(path)).toBe(false);
    takeLock(path, {})();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes over the lock of a process that has ended', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    write({ pid, startTime: 'boot/1' });
    expect(() => takeLock(path, {})()).not.toThrow();
  });

  it('takes over when the pid belongs to another process by now', () => {
    write({ ...refOf(process.pid), startTime: `${startTimeOf(process.pid)}0` });
    expect(() => takeLock(path, {})()).not.toThrow();
  });

  it.each(['', '{', 'null', '[]', '{"pid":"x"}'])('takes over a lock that holds %j', (text) => {
    writeFileSync(path, text);
    expect(() => takeLock(path, {})()).not.toThrow();
  });

  it('does not release a lock that somebody else has taken since', () => {
    const release = takeLock(path, {});
    write({ pid: 1 });
    release();
    expect(existsSync(path)).toBe(true);
  });
});
