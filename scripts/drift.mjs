// Checks that generated files are what their sources say; `npm run gen` writes them anew.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const write = process.argv.includes('--write');
const inherit = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };

execFileSync(process.execPath, ['scripts/build.mjs'], { ...inherit, stdio: ['ignore', 'ignore', 'inherit'] });
const { envExample } = await import(pathToFileURL(`${root}dist/libs/platform/src/config/env-example.js`).href);

const { authorizationTable } = await import(
  pathToFileURL(`${root}dist/libs/domain/src/policy/authorization-table.js`).href
);

const openapi = execFileSync(process.execPath, ['dist/apps/api/src/openapi/write-openapi.js'], inherit);
const generated = {
  '.env.example': envExample(),
  'docs/authorization.md': authorizationTable(),
  'docs/openapi.json': openapi,
  'libs/client/src/paths.ts': await clientTypes(openapi),
};

const stale = [];
for (const [file, text] of Object.entries(generated)) {
  if (write) writeFileSync(`${root}${file}`, text);
  else if (read(`${root}${file}`) !== text) stale.push(file);
}
if (stale.length > 0) {
  process.stderr.write(`out of date: ${stale.join(', ')}; run \`npm run gen\` and commit the result\n`);
  process.exit(1);
}

/** What the API takes and answers, as types; the page and the tests call it by them. */
async function clientTypes(document) {
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  return `// Generated from docs/openapi.json by \`npm run gen\`.\n${astToString(await openapiTS(document))}`;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
