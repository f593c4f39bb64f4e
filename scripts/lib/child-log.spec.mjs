import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorIn, lastLines, prepareLog, readFrom, watchErrors } from './child-log.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'portus-log-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe(errorIn, () => {
  it.each([
    ['{"level":30,"msg":"fine"}', undefined],
    ['{"level":50,"msg":"lost","err":{"message":"refused"}}', 'lost: refused'],
    ['{"level":60}', '{"level":60}'],
    ['{"level":5', undefined],
    ['2026-11-20 UTC [1] LOG:  ready', undefined],
    ['2026-11-20 UTC [1] FATAL:  the database system is starting up', undefined],
    ['2026-11-20 UTC [1] FATAL:  no space', '2026-11-20 UTC [1] FATAL:  no space'],
    ['time="x" level=error msg="retryingsink: error"', 'time="x" level=error msg="retryingsink: error"'],
  ])('%s', (line, expected) => {
    expect(errorIn(line)).toBe(expected);
  });
});

describe(prepareLog, () => {
  it('moves a log aside that has grown beyond 10 MB', () => {
    const file = prepareLog(folder, 'api');
    writeFileSync(file, '');
    truncateSync(file, 11 * 1024 * 1024);
    expect(prepareLog(folder, 'api')).toBe(file);
    expect(() => statSync(file)).toThrow('ENOENT');
    expect(statSync(join(folder, 'logs/api.1.log')).size).toBe(11 * 1024 * 1024);
  });
});

describe(readFrom, () => {
  it('reads the end of a file from an offset, at most 64 kB of it', () => {
    const file = join(folder, 'x');
    writeFileSync(file, `${'a'.repeat(100_000)}b`);
    expect(readFrom(file, 100_000)).toEqual({ text: 'b', end: 100_001 });
    expect(readFrom(file, 0).text).toHaveLength(64 * 1024);
    expect(readFrom(join(folder, 'none'), 5)).toEqual({ text: '', end: 0 });
  });
});

describe(lastLines, () => {
  it('skips empty lines', () => {
    expect(lastLines('a\nb\n\nc\n', 2)).toBe('b\nc');
  });
});

describe(watchErrors, () => {
  it('reports new errors once, also when a line arrives in two pieces', async () => {
    const file = join(folder, 'x.log');
    writeFileSync(file, '{"level":50,"msg":"old"}\n');
    const told = [];
    const stop = watchErrors(file, (text) => told.push(text), 5);
    appendFileSync(file, '{"level":50,"msg":"new"}\n{"level":50,');
    await vi.waitFor(() => expect(told).toEqual(['new']));
    appendFileSync(file, '"msg":"two"}\n{"level":50,"msg":"new"}\n');
    await vi.waitFor(() => expect(told).toEqual(['new', 'two']));
    stop();
  });
});
