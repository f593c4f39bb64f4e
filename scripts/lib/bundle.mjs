import { chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { programFile, PROGRAMS, staysBeside } from './programs.mjs';

/** What the compiler made of the sources of each program. */
const ENTRIES = {
  api: 'dist/apps/api/src/main.js',
  worker: 'dist/apps/worker/src/main.js',
  migrate: 'dist/apps/api/src/migrate.js',
  portus: 'dist/apps/cli/src/main.js',
};
/** Nobody reads the code of packages by a stack, and every start would read their maps. */
const withoutMapsOfPackages = {
  name: 'without-maps-of-packages',
  transform: {
    filter: { id: /\/node_modules\// },
    handler: (code) => ({ code, map: { version: 3, sources: [], names: [], mappings: '' } }),
  },
};

/**
 * What @nestjs/typeorm asks TypeORM for at run time and TypeORM 1 does not have, without the question: it would load a
 * second TypeORM.
 */
const withoutFormerTypeorm = {
  name: 'without-former-typeorm',
  load: {
    filter: { id: /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/ },
    handler: () => 'export const Connection = undefined;\nexport const AbstractRepository = undefined;\n',
  },
};

/**
 * Puts each program, with the packages that it needs, into a few files: made of two thousand, a start takes twice as long.
 * What only some packages ask for, and nobody has, stays a question that is asked when it comes to it.
 */
async function bundle(root) {
  const folder = join(root, dirname(programFile('api')));
  rmSync(folder, { recursive: true, force: true });
  const input = Object.fromEntries(PROGRAMS.map((name) => [name, join(root, ENTRIES[name])]));
  const made = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    external: (id) => staysBeside(id),
    plugins: [withoutFormerTypeorm, withoutMapsOfPackages],
    onLog: tellWhatMatters,
  });
  // Names of classes stand in errors, and in the schema.
  const names = { entryFileNames: '[name].js', chunkFileNames: 'parts/[name]-[hash].js', keepNames: true };
  await made.write({ dir: folder, format: 'esm', sourcemap: true, ...names });
  await made.close();
  chmodSync(join(root, programFile('portus')), 0o755);
}

/** Own code has to resolve; packages may ask for what they can do without. */
function tellWhatMatters(_level, log) {
  const own = log.id === undefined || !log.id.includes('node_modules');
  if (log.code === 'UNRESOLVED_IMPORT' && own) throw new Error(log.message);
}

await bundle(process.argv[2]);
