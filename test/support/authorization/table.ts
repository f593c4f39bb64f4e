import { readFileSync } from 'node:fs';
import { CALLERS, type Caller, type Visibility } from './world.js';

const FILE = new URL('../../../docs/api-permissions.md', import.meta.url);

/** What an operation answers to each caller, as docs/api-permissions.md says it. */
export type Expected = Record<Caller, number>;

/** The rows of the page by operation. Throws at a row that has no cell for each caller, or comes twice. */
export function expectations(text = readFileSync(FILE, 'utf8')): Map<string, Expected> {
  const rows = new Map<string, Expected>();
  for (const line of text.split('\n')) {
    const match = /^\|\s*`((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`\s*\|(.*)\|\s*$/.exec(line);
    if (match === null) continue;
    const [, key = '', rest = ''] = match;
    const cells = rest.split('|').map((cell) => Number(cell.trim()));
    if (cells.length !== CALLERS.length || cells.some((cell) => !(cell >= 200 && cell < 600))) {
      throw new Error(`docs/api-permissions.md: ${key} has not one status for each of ${CALLERS.length} callers`);
    }
    if (rows.has(key)) throw new Error(`docs/api-permissions.md: ${key} is there twice`);
    rows.set(key, Object.fromEntries(CALLERS.map((caller, i) => [caller, cells[i]])) as Expected);
  }
  return rows;
}

/** A row as the page has it. */
export function row(key: string, answered: Expected): string {
  return `| \`${key}\` | ${CALLERS.map((caller) => answered[caller]).join(' | ')} |`;
}

/** The key of a row about an operation in a namespace that is not private. */
export function keyIn(visibility: Visibility, key: string): string {
  return visibility === 'private' ? key : `${key} in a ${visibility} one`;
}

/** What is expected there: only what is other than in a private one has a row of its own. */
export function expectedIn(rows: Map<string, Expected>, visibility: Visibility, key: string): Expected | undefined {
  return rows.get(keyIn(visibility, key)) ?? rows.get(key);
}
