import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';

const SOURCES = ['apps/api', 'apps/cli', 'apps/worker', 'libs'];
const CONFIGURATION = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const STAMP = 'dist/.built-from';

/** Source files that are compiled, relative to the root, sorted. */
export function sourceFiles(root) {
  return SOURCES.flatMap((folder) => filesUnder(root, folder))
    .filter((file) => file.endsWith('.ts') && !/\.(spec|d)\.ts$/.test(file))
    .sort();
}

function filesUnder(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .filter((file) => !file.includes('node_modules'));
}

/** Contents, not dates: a `git checkout` to and fro must not rebuild, a restored backup must. */
export function fingerprint(root, files) {
  const hash = createHash('sha256').update(process.version);
  for (const file of [...CONFIGURATION, ...files]) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

const outputOf = (file) => join('dist', file.replace(/\.ts$/, '.js'));

/** True when dist is what the present sources give. */
export function isBuilt(root) {
  const files = sourceFiles(root);
  return readStamp(root) === fingerprint(root, files) && files.every((file) => existsSync(join(root, outputOf(file))));
}

function readStamp(root) {
  const file = join(root, STAMP);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * Compiles the programs into dist and removes what no source stands for any more.
 * @throws {CommandError} with the compiler's messages
 */
export async function build(root, context = {}) {
  const files = sourceFiles(root);
  const stamp = fingerprint(root, files);
  rmSync(join(root, STAMP), { force: true });
  // The incremental compiler believes its own notes: an output that was removed by hand would never come back.
  if (!files.every((file) => existsSync(join(root, outputOf(file)))))
    rmSync(join(root, 'dist/.tsbuildinfo'), { force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, ...context });
  removeStale(root, files);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, STAMP), stamp);
}

function removeStale(root, files) {
  const wanted = new Set(files.map(outputOf));
  for (const file of SOURCES.flatMap((folder) => filesUnder(root, join('dist', folder)))) {
    const stem = file.replace(/(\.js\.map|\.d\.ts\.map|\.d\.ts|\.js)$/, '.js');
    if (stem.endsWith('.js') && !wanted.has(stem)) rmSync(join(root, file));
  }
}
