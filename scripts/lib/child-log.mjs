import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROTATE_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 64 * 1024;

/** The log file of a child. One that grew beyond 10 MB is moved to `<name>.1.log` first (the older one goes). */
export function prepareLog(dataDir, name) {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.log`);
  if (existsSync(file) && statSync(file).size > ROTATE_BYTES) renameSync(file, join(folder, `${name}.1.log`));
  return file;
}

/** At most `count` last lines of a text, without empty ones. */
export function lastLines(text, count) {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}

/** What a file holds from `offset` on (at most the last 64 kB of it), and where it ends. */
export function readFrom(file, offset) {
  if (!existsSync(file)) return { text: '', end: 0 };
  const fd = openSync(file, 'r');
  try {
    const end = fstatSync(fd).size;
    const start = Math.max(offset, end - TAIL_BYTES);
    const buffer = Buffer.alloc(Math.max(0, end - start));
    return { text: buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, start)), end };
  } finally {
    closeSync(fd);
  }
}

/** Bunyan and pino call an error 50 or more. */
const ERROR_LEVEL = 50;

/** PostgreSQL calls it fatal to send a client away while it starts, stops or lost a sibling. */
const PASSING = /FATAL: +(the database system is|terminating connection)/;

/**
 * The line as a person wants to see it when it tells of an error, else undefined. Understands pino's JSON, PostgreSQL's
 * and the registry's lines; anything else is no error.
 */
export function errorIn(line) {
  if (line.startsWith('{')) return jsonError(line);
  if (PASSING.test(line)) return undefined;
  if (/\b(FATAL|PANIC):/.test(line) || /\blevel=(error|fatal)\b/.test(line)) return line;
  return undefined;
}

function jsonError(line) {
  try {
    const entry = JSON.parse(line);
    if (!(entry.level >= ERROR_LEVEL)) return undefined;
    return [entry.msg, entry.err?.message].filter(Boolean).join(': ') || line;
  } catch {
    return undefined;
  }
}

/**
 * Watches a log that a child writes by itself (a pipe through us would break with us) and reports the errors in it,
 * each text once a minute at most.
 * @returns {() => void} stops watching
 */
export function watchErrors(file, report, intervalMs = 1_000) {
  let { end } = readFrom(file, Number.MAX_SAFE_INTEGER);
  let rest = '';
  const told = new Map();
  const timer = setInterval(() => {
    const read = readFrom(file, end);
    end = read.end;
    const lines = (rest + read.text).split('\n');
    rest = lines.pop();
    for (const text of lines.map(errorIn).filter(Boolean)) {
      if (Date.now() - (told.get(text) ?? 0) < 60_000) continue;
      told.set(text, Date.now());
      report(text);
    }
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
