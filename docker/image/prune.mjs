// Removes from node_modules, in the folder of the call, what the lock marks as needed for development alone, or there and
// by what is optional; and of packages that are inside of the programs everything but what they are and their licences.
import { readFileSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { staysBeside } from './programs.mjs';

const KEPT = /^(package\.json|(licen[cs]e|notice|copying|authors|readme)[^/]*)$/i;
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
for (const [path, { dev, devOptional }] of Object.entries(packages)) {
  if (path === '') continue;
  if (dev || devOptional) rmSync(path, { recursive: true, force: true });
  else if (!staysBeside(path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))) keepLicences(path);
}

rmSync('node_modules/.bin', { recursive: true, force: true });
rmSync('node_modules/.package-lock.json', { force: true });
for (const name of readdirSync('node_modules').filter((each) => each.startsWith('@')))
  if (readdirSync(`node_modules/${name}`).length === 0) rmdirSync(`node_modules/${name}`);

/** Packages inside of it are looked at by themselves. A package of another platform is not there. */
function keepLicences(folder) {
  let names = [];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  for (const name of names)
    if (name !== 'node_modules' && !KEPT.test(name)) rmSync(join(folder, name), { recursive: true });
}
