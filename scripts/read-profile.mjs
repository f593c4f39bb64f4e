import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Reads CPU profiles (`node --cpu-prof`, `BENCH_PROFILE=<folder> npm run bench`) and prints where the time went:
 * by package or room, and by function, each with its own time and, for functions, the time with all that it called.
 *
 *   node scripts/read-profile.mjs <folder or file.cpuprofile> [how many functions]
 */
const [target, top = '40'] = process.argv.slice(2);
if (!target) throw new Error('usage: node scripts/read-profile.mjs <folder or file.cpuprofile> [how many functions]');
const files = target.endsWith('.cpuprofile')
  ? [target]
  : readdirSync(target)
      .filter((name) => name.endsWith('.cpuprofile'))
      .map((name) => join(target, name));
for (const file of files) print(file, JSON.parse(readFileSync(file, 'utf8')));

function print(file, profile) {
  const { own, total, rooms, busy } = summarise(profile);
  const percent = (micros) => `${((100 * micros) / busy).toFixed(1).padStart(5)} %`;
  console.log(`\n${file}: busy for ${(busy / 1e6).toFixed(1)} s`);
  for (const [room, micros] of largest(rooms, 20)) console.log(`${percent(micros)}  ${room}`);
  console.log('\n    own     with callees');
  for (const [name, micros] of largest(own, Number(top)))
    console.log(`${percent(micros)} ${percent(total.get(name))}  ${name}`);
}

/** Microseconds by function and by room; idle time is left out. */
function summarise({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const [own, total, rooms] = [new Map(), new Map(), new Map()];
  let busy = 0;
  for (const [i, id] of samples.entries()) {
    const micros = timeDeltas[i];
    const { callFrame } = byId.get(id);
    if (callFrame.functionName === '(idle)') continue;
    busy += micros;
    add(own, nameOf(callFrame), micros);
    add(rooms, roomOf(callFrame), micros);
    const stack = new Set();
    for (let at = id; at !== undefined; at = parents.get(at)) stack.add(nameOf(byId.get(at).callFrame));
    for (const name of stack) add(total, name, micros);
  }
  return { own, total, rooms, busy };
}

function nameOf({ functionName, url, lineNumber }) {
  return `${functionName || '(anonymous)'} ${placeOf(url)}${url ? `:${lineNumber + 1}` : ''}`.trim();
}

function placeOf(url) {
  return relative(process.cwd(), url.replace('file://', '')).replace(/^.*node_modules\//, '');
}

function roomOf({ url, functionName }) {
  if (url === '') return functionName;
  if (url.startsWith('node:')) return 'node';
  const place = placeOf(url).replace(/^dist\//, '');
  const parts = place.split('/');
  if (url.includes('node_modules/')) return parts.slice(0, place.startsWith('@') ? 2 : 1).join('/');
  return parts.slice(0, 2).join('/');
}

function add(map, key, value) {
  map.set(key, (map.get(key) ?? 0) + value);
}

function largest(map, count) {
  return [...map].sort((a, b) => b[1] - a[1]).slice(0, count);
}
