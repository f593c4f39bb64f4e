import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive, refOf } from './processes.mjs';

/** Thrown when a living process holds the lock; `holder` is what it wrote into it. */
export class LockHeldError extends Error {
  constructor(holder) {
    super(`held by process ${holder.pid}`);
    this.holder = holder;
  }
}

/**
 * Takes a lock file that names its holder (pid and start time). The lock of a dead process is taken over.
 * @param {string} path
 * @param {object} facts what a second start should be able to tell about this one
 * @returns {() => void} releases the lock
 * @throws {LockHeldError}
 */
export function takeLock(path, facts) {
  const own = { ...refOf(process.pid), ...facts };
  const text = `${JSON.stringify(own)}\n`;
  for (let attempt = 0; attempt < 20; attempt++) {
    if (create(path, text) && isStillThere(path, text)) return () => release(path, text);
    const current = read(path);
    if (current === undefined) continue;
    const holder = parse(current);
    if (holder !== undefined && isAlive(holder)) throw new LockHeldError(holder);
    removeStale(path, current);
  }
  throw new Error(`the lock ${path} cannot be taken; remove it if no Portus is running`);
}

/** Long enough for another start, that takes our lock for the stale one, to move it aside and to see its mistake. */
const SETTLE_MS = 50;

/** In the moment in which our lock was aside a third start may have taken the place. */
function isStillThere(path, text) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
  return read(path) === text;
}

/** A link appears with its whole text or not at all, and never replaces another one. */
function create(path, text) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Two starts may find the same stale lock. Whoever moves it aside looks at what was really moved: if the other one was
 * faster it is the other's new lock, and goes back.
 */
function removeStale(path, stale) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    if (read(path) !== stale) return;
    renameSync(path, aside);
    if (read(aside) !== stale) linkSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(path, text) {
  if (read(path) === text) rmSync(path, { force: true });
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
