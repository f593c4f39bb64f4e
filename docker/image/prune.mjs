// Removes from node_modules, in the folder of the call, what the lock marks as needed for development alone, or there and
// by what is optional.
import { readFileSync, readdirSync, rmSync, rmdirSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
for (const [path, { dev, devOptional }] of Object.entries(packages))
  if (path !== '' && (dev || devOptional)) rmSync(path, { recursive: true, force: true });

rmSync('node_modules/.bin', { recursive: true, force: true });
rmSync('node_modules/.package-lock.json', { force: true });
for (const name of readdirSync('node_modules').filter((each) => each.startsWith('@')))
  if (readdirSync(`node_modules/${name}`).length === 0) rmdirSync(`node_modules/${name}`);
