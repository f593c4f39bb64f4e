import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endServersIn } from './postgres-leftovers.mjs';

let folder;
let file;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portus-pg-'));
  file = join(folder, 'postmaster.pid');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe(endServersIn, () => {
  it('removes a postmaster.pid that names a process which is no server of this folder', async () => {
    writeFileSync(file, `${process.pid}\n${folder}\n`);
    await endServersIn(folder);
    expect(existsSync(file)).toBe(false);
  });

  it('leaves one with a pid that nobody has to PostgreSQL itself', async () => {
    writeFileSync(file, `${spawnSync(process.execPath, ['-e', '']).pid}\n${folder}\n`);
    await endServersIn(folder);
    expect(existsSync(file)).toBe(true);
  });

  it('has nothing to do where there is no folder', async () => {
    await expect(endServersIn(join(folder, 'none'))).resolves.toBeUndefined();
  });
});
