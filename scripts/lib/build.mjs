import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { run } from './commands.mjs';
import { programFile, PROGRAMS } from './programs.mjs';

const SOURCES = ['apps/api', 'apps/cli', 'apps/worker', 'libs'];
const CONFIGURATION = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const BUNDLER = 'scripts/lib/bundle.mjs';
const PROGRAM_NAMES = 'scripts/lib/programs.mjs';
const STAMP = 'dist/.built-from';
const PAGE_STAMP = 'dist/apps/web/.built-from';

/** Source files that are compiled, relative to the root, sorted. */
export function sourceFiles(root) {
  return SOURCES.flatMap((folder) => filesUnder(root, folder))
    .filter((file) => file.endsWith('.ts') && !/\.(spec|d)\.ts$/.test(file))
    .sort();
}

/** What the page is made of: its own files, and the description of the API that its client is typed by. */
export function pageFiles(root) {
  return [...filesUnder(root, 'apps/web'), ...filesUnder(root, 'libs/client')].sort();
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
  return areProgramsBuilt(root) && isPageBuilt(root);
}

function areProgramsBuilt(root) {
  const files = sourceFiles(root);
  const same = readStamp(root, STAMP) === programsFingerprint(root, files);
  const outputs = [...files.map(outputOf), ...PROGRAMS.map((name) => programFile(name))];
  return same && outputs.every((file) => existsSync(join(root, file)));
}

function isPageBuilt(root) {
  const same = readStamp(root, PAGE_STAMP) === fingerprint(root, pageFiles(root));
  return same && existsSync(join(root, 'dist/apps/web/public/index.html'));
}

function readStamp(root, stamp) {
  const file = join(root, stamp);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * Makes dist from the sources: the programs and the page, each only where it is not what its sources give.
 * @throws {CommandError} with the compiler's messages
 */
export async function build(root, context = {}) {
  if (!areProgramsBuilt(root)) await buildPrograms(root, context);
  if (!isPageBuilt(root)) await buildPage(root, context);
}

/** Of the programs: their sources, and how they are put together. */
export const programsFingerprint = (root, files) => fingerprint(root, [BUNDLER, PROGRAM_NAMES, ...files]);

/** Compiles the sources, removes what none of them stands for any more, and puts each program together. */
export async function buildPrograms(root, context = {}) {
  const files = sourceFiles(root);
  const stamp = programsFingerprint(root, files);
  rmSync(join(root, STAMP), { force: true });
  // The incremental compiler believes its own notes: an output that was removed by hand would never come back.
  if (!files.every((file) => existsSync(join(root, outputOf(file)))))
    rmSync(join(root, 'dist/.tsbuildinfo'), { force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, ...context });
  removeStale(root, files);
  await run(process.execPath, [join(root, BUNDLER), root], { cwd: root, ...context });
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, STAMP), stamp);
}

async function buildPage(root, context) {
  const stamp = fingerprint(root, pageFiles(root));
  rmSync(join(root, PAGE_STAMP), { force: true });
  const bundler = join(root, 'node_modules/vite/bin/vite.js');
  const args = [bundler, 'build', '--config', 'apps/web/vite.config.ts', '--logLevel', 'warn'];
  const env = { ...process.env, ...context.env, NODE_ENV: 'production' };
  await run(process.execPath, args, { cwd: root, ...context, env });
  renameSync(join(root, 'dist/apps/web/public/manifest.json'), join(root, 'dist/apps/web/manifest.json'));
  compressFiles(join(root, 'dist/apps/web/public'));
  writeFileSync(join(root, PAGE_STAMP), stamp);
}

/** Each text is there compressed too: the api compresses nothing while it answers. */
function compressFiles(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(bytes));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

function removeStale(root, files) {
  const wanted = new Set(files.map(outputOf));
  for (const file of SOURCES.flatMap((folder) => filesUnder(root, join('dist', folder)))) {
    const stem = file.replace(/(\.js\.map|\.d\.ts\.map|\.d\.ts|\.js)$/, '.js');
    if (stem.endsWith('.js') && !wanted.has(stem)) rmSync(join(root, file));
  }
}
