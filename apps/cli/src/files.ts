import { accessSync, constants, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandFailure } from './io.js';

/** Writes new files, readable by their owner alone. When one can not be made, or exists, none is left. */
export function createFiles(files: [path: string, text: string][]): void {
  const made: string[] = [];
  try {
    for (const [path, text] of files) {
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      made.push(path);
    }
  } catch (error) {
    for (const path of made) rmSync(path);
    throw failure(error, 'is not written');
  }
}

/** Throws when a new file can not be made there. */
export function requirePlace(path: string): void {
  if (existsSync(path)) throw new CommandFailure(`${path} is not written: it exists, and is never overwritten`);
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw failure(error, 'is not written');
  }
}

/** Replaces a file, or makes it, at one stroke: who reads it meanwhile sees the old or the new one. Others may read it. */
export function replaceFile(path: string, text: string): void {
  const next = `${path}.${process.pid}.new`;
  try {
    writeFileSync(next, text, { mode: 0o644 });
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw failure(error, 'can not be replaced');
  }
}

function failure(error: unknown, what: string): CommandFailure {
  const { code, path } = error as NodeJS.ErrnoException;
  const reason = code === 'EEXIST' ? 'it exists, and is never overwritten' : (code ?? 'error');
  return new CommandFailure(`${path ?? 'the file'} ${what}: ${reason}`);
}
