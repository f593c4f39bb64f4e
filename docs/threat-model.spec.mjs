import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');
/** Rows of the tables of threats: threat, letters, what is done, what holds it. */
const threats = text
  .split('\n')
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .filter((cells) => cells.length === 6 && /^[STRIDE]+$/.test(cells[2]))
  .map(([, threat, letters, done, held]) => ({ threat, letters, done, held }));

/** `[file, title]` of each test that a cell names. */
function testsOf(held) {
  return [...held.matchAll(/`([^`]+)` "([^"]+)"/g)].map(([, file, title]) => [file, title]);
}

/** Whether a file gives this title to a test: a string in the first place of a call. */
function hasTest(file, title) {
  const source = readFileSync(join(root, file), 'utf8');
  return ["'", '"', '`'].some((quote) =>
    [`(${quote}${title}${quote},`, `${quote}${title}${quote},\n`].some((call) => source.includes(call)),
  );
}

describe('docs/threat-model.md', () => {
  it('tells of threats at every boundary, and of each kind', () => {
    expect(threats.length).toBeGreaterThan(50);
    expect(new Set(threats.flatMap(({ letters }) => [...letters]))).toEqual(new Set('STRIDE'));
    const parts = text.split(/^## \d\. /m).slice(1);
    expect(parts).toHaveLength(7);
    for (const part of parts) expect(part).toContain('| threat');
  });

  it.each(threats)('$threat: says what is done, and names tests that there are', ({ done, held }) => {
    expect(done).not.toBe('');
    const named = testsOf(held);
    expect(named).not.toEqual([]);
    for (const [file, title] of named) {
      expect(existsSync(join(root, file)), file).toBe(true);
      expect(hasTest(file, title), `${file} has a test "${title}"`).toBe(true);
    }
    expect(held.replaceAll(/`[^`]+` "[^"]+"|<br>/g, '').trim()).toBe('');
  });
});
