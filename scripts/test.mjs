import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNames, runChecks } from './lib/checks.mjs';
import { createLedger } from './lib/ledger.mjs';
import { createProgress } from './lib/progress.mjs';
import { prepareRealParts } from './lib/real-parts.mjs';
import { stopOnSignals } from './lib/signals.mjs';
import { readJson } from './lib/state-file.mjs';
import { ensureBuilt, ensureInstalled } from './lib/tree.mjs';
import { selectSizes, totalLine } from './lib/vitest-results.mjs';
import { runVitest } from './lib/vitest-run.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const progress = createProgress();
/** Here apt and npm can bring every part that they offer, so leaving one out is a failure. */
const strict = process.env.CI === 'true' && process.getuid?.() === 0;

async function main() {
  const { sizes, filters } = selectSizes(process.argv.slice(2));
  const stop = stopOnSignals(progress.say);
  const context = { signal: stop.signal, ledger: createLedger() };
  const stack = [];
  const workDir = mkdtempSync(join(tmpdir(), 'portus-test-'));
  const total = { passed: 0, failed: [], skipped: [] };
  try {
    await runSizes({ sizes, filters, stack, workDir, context, total });
  } catch (error) {
    total.failed.push(stop.signal.aborted ? 'interrupted' : (error.output ?? error.message));
  } finally {
    for (const supervisor of stack.toReversed()) await supervisor.stop();
    rmSync(workDir, { recursive: true, force: true });
  }
  report(total);
}

async function runSizes({ sizes, filters, stack, workDir, context, total }) {
  await ensureInstalled(root, progress, context);
  if (sizes.includes('check')) {
    const names = checkNames(readJson(join(root, 'package.json')).scripts.check);
    add(total, await runChecks({ root, names, progress, context }));
  }
  let parts = { env: {}, missing: {} };
  for (const size of sizes.filter((name) => name !== 'check')) {
    if (size !== 'unit' && parts.env.DATABASE_URL === undefined) {
      await ensureBuilt(root, progress, context);
      parts = await prepare({ stack, workDir, context });
    }
    const env = { ...process.env, ...parts.env };
    add(total, await runVitest({ root, size, filters, env, missing: parts.missing, progress, context }));
  }
}

function prepare({ stack, workDir, context }) {
  const onGiveUp = (error) => progress.say(error.message);
  return prepareRealParts({ root, workDir, env: process.env, progress, context, stack, onGiveUp });
}

function add(total, { passed, failed, skipped = [] }) {
  total.passed += passed;
  total.failed.push(...failed);
  total.skipped.push(...skipped);
}

/** Everything that is to be known at the end of a long log, the failures of all sizes among it. */
function report(total) {
  progress.say('');
  for (const { name, reason, offered } of total.skipped) {
    progress.say(`skipped: ${name}: ${reason}`);
    if (strict && offered) total.failed.push(`${name}: skipped, which is a failure here (CI=true, root)`);
  }
  if (total.passed + total.failed.length === 0) total.failed.push('no test ran');
  for (const failure of total.failed) progress.say(`failed: ${failure}`);
  progress.say(totalLine(total));
  process.exitCode = total.failed.length > 0 ? 1 : 0;
}

try {
  await main();
} catch (error) {
  progress.say(`failed: ${error.message}`);
  process.exitCode = 1;
}
process.exit();
