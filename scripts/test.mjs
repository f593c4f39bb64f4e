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
  const total = { passed: 0, failed: 0, skipped: [] };
  try {
    await runSizes({ sizes, filters, stack, workDir, context, total });
  } catch (error) {
    progress.say(stop.signal.aborted ? 'failed: interrupted' : `failed: ${error.output ?? error.message}`);
    total.failed++;
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
  total.failed += failed;
  total.skipped.push(...skipped);
}

function report(total) {
  progress.say('');
  for (const { name, reason, offered } of total.skipped) {
    const forbidden = strict && offered;
    if (forbidden) total.failed++;
    progress.say(`skipped: ${name}: ${reason}${forbidden ? ' (a failure here: CI=true, root)' : ''}`);
  }
  if (total.passed + total.failed === 0) {
    progress.say('failed: no test ran');
    total.failed++;
  }
  progress.say(totalLine({ ...total, skipped: total.skipped.length }));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

try {
  await main();
} catch (error) {
  progress.say(`failed: ${error.message}`);
  process.exitCode = 1;
}
process.exit();
