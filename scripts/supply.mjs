// Checks what others have written and we ship: licences, reasons, known vulnerabilities. `--write` writes the generated
// parts of docs/dependencies.md anew, and asks nobody.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askAudit, judgeAudit } from './lib/audit.mjs';
import { readDependencies, sizeOf } from './lib/dependencies.mjs';
import { countsText, pageProblems, sizesText, withPart } from './lib/dependency-page.mjs';

/** How it ends when something was found, and when nobody could be asked. */
const EXIT = { found: 1, missing: 2 };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pagePath = join(root, 'docs/dependencies.md');
const say = (text) => process.stdout.write(`${text}\n`);

const dependencies = readDependencies(root);
const installed = dependencies.server
  .map((one) => ({ ...one, bytes: sizeOf(root, one) }))
  .filter(({ bytes }) => bytes !== undefined);

if (process.argv.includes('--write')) await writePage();
else check();

async function writePage() {
  const counted = withPart(readFileSync(pagePath, 'utf8'), 'counts', countsText(dependencies));
  const { format, resolveConfig } = await import('prettier');
  const options = { ...(await resolveConfig(pagePath)), filepath: pagePath };
  writeFileSync(pagePath, await format(withPart(counted, 'sizes', sizesText(dependencies, installed)), options));
}

function check() {
  const problems = pageProblems(readFileSync(pagePath, 'utf8'), dependencies, installed);
  const { server, page, development } = dependencies;
  say(`packages: ${server.length} in production, ${page.length} inside of the page, ${development.length} others`);
  for (const problem of problems) say(`WRONG: ${problem}`);
  if (problems.length > 0) process.exitCode = EXIT.found;

  const accepted = JSON.parse(readFileSync(join(root, 'scripts/accepted-vulnerabilities.json'), 'utf8'));
  const verdict = judgeAudit(askAudit(root), accepted, new Date().toISOString().slice(0, 10));
  if (verdict.missing !== undefined) {
    say(`audit: NOT AVAILABLE, so nothing is known: ${verdict.missing}`);
    process.exitCode ??= EXIT.missing;
    return;
  }
  say(`audit: ${verdict.found} known vulnerabilities, ${accepted.length} of them explained`);
  for (const problem of verdict.problems) say(`WRONG: ${problem}`);
  if (verdict.problems.length > 0) process.exitCode = EXIT.found;
}
