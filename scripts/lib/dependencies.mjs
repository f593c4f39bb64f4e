import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where code of ours that browsers get imports from: packages that are shipped without being installed. */
const PAGE = 'apps/web/src';
const IMPORT = /(?:from|import)\s*\(?'((?:@[\w.-]+\/)?[\w.-]+)[^']*'/g;

/**
 * @typedef {object} Package
 * @property {string} place its key in the lock file
 * @property {string} name @property {string} version @property {string | undefined} licence as the package says
 * @property {boolean} scripts runs something when it is installed @property {string | undefined} integrity
 */

/**
 * What the lock file says of everything that could be installed: `server` runs in production, `page` is inside of the
 * page, `development` is everything else.
 * `through` of the first two is the package of ours that asks for it, itself where we do.
 * @returns {{ server: Package[], page: Package[], development: Package[] }}
 */
export function readDependencies(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const { dependencies, devDependencies } = lock[''];
  const all = Object.keys(lock)
    .filter((place) => place !== '')
    .map((place) => describe(place, lock[place]));
  const imported = importsOf(join(root, PAGE)).filter((name) => devDependencies[name] !== undefined);
  const [server, page] = [Object.keys(dependencies), imported].map((names) => reach(lock, names));
  const isServer = ({ place }) => !lock[place].dev && !lock[place].devOptional;
  const isPage = (one) => !isServer(one) && page.has(one.place);
  return {
    server: all.filter(isServer).map((one) => ({ ...one, through: server.get(one.place) })),
    page: all.filter(isPage).map((one) => ({ ...one, through: page.get(one.place) })),
    development: all.filter((one) => !isServer(one) && !isPage(one)),
  };
}

function describe(place, entry) {
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const { version, license: licence, integrity } = entry;
  return { place, name, version, licence, integrity, scripts: entry.hasInstallScript === true };
}

/** Names of the packages that the files of a folder import, tests left out. */
function importsOf(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => /(?<!\.spec)\.tsx?$/.test(file));
  const names = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(IMPORT)].map(([, name]) => name),
  );
  return [...new Set(names)];
}

/** Places of all that these packages need, found as Node finds them, each with the one of them that asks for it. */
function reach(lock, names) {
  const found = new Map();
  const visit = (from, name, through) => {
    const place = nearest(lock, from, name);
    if (place === undefined || found.has(place)) return;
    found.set(place, through);
    const { dependencies, optionalDependencies, peerDependencies } = lock[place];
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      visit(place, next, through);
    }
  };
  // Those of ours first: none of them is there because of another.
  for (const name of names) found.set(`node_modules/${name}`, name);
  for (const name of names) {
    found.delete(`node_modules/${name}`);
    visit('', name, name);
  }
  return found;
}

function nearest(lock, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    const place = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (lock[place] !== undefined) return place;
    if (at === '') return undefined;
  }
}

/** Bytes of a package's files on this machine, packages inside of it left out; undefined where it is not installed. */
export function sizeOf(root, { place }) {
  const folder = join(root, place);
  return existsSync(folder) ? bytesBelow(folder) : undefined;
}

function bytesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesBelow(path);
    return sum + lstatSync(path).size;
  }, 0);
}
