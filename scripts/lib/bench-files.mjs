import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the benchmarks: `bench/<name>.bench.ts`. */
export function benchNames(root) {
  return readdirSync(join(root, 'bench'))
    .filter((file) => file.endsWith('.bench.ts'))
    .map((file) => file.slice(0, -'.bench.ts'.length))
    .sort();
}

/**
 * Those that were asked for, all of them when none was.
 * @throws {Error} on an unknown name
 */
export function selectBenches(names, wanted) {
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}. Benchmarks are ${names.join(', ')}`);
  return wanted.length === 0 ? names : names.filter((name) => wanted.includes(name));
}
