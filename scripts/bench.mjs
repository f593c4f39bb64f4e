import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchNames, selectBenches } from './lib/bench-files.mjs';
import { run } from './lib/commands.mjs';
import { createLedger } from './lib/ledger.mjs';
import { createProgress } from './lib/progress.mjs';
import { prepareRealParts } from './lib/real-parts.mjs';
import { stopOnSignals } from './lib/signals.mjs';
import { ensureBuilt, ensureInstalled } from './lib/tree.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const progress = createProgress();

/** The servers are those of the tests, but they sync to disk: what is measured must be what production does. */
async function main() {
  const names = selectBenches(benchNames(root), process.argv.slice(2));
  const stop = stopOnSignals(progress.say);
  const context = { signal: stop.signal, ledger: createLedger() };
  const stack = [];
  const workDir = mkdtempSync(join(tmpdir(), 'portus-bench-'));
  try {
    await ensureInstalled(root, progress, context);
    await ensureBuilt(root, progress, context);
    const compiler = [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.bench.json'];
    await progress.step('Compiling the benchmarks', async () => {
      await run(process.execPath, compiler, { cwd: root, ...context });
    });
    const onGiveUp = (error) => progress.say(error.message);
    const options = { root, workDir, durable: true, env: process.env, progress, context, stack, onGiveUp };
    const parts = await prepareRealParts(options);
    await runBenches(names, { ...process.env, ...parts.env }, context);
  } finally {
    for (const supervisor of stack.toReversed()) await supervisor.stop();
    rmSync(workDir, { recursive: true, force: true });
  }
}

/** One process each, so that none leaves its heap and its warm code to the next. All run, whatever one of them does. */
async function runBenches(names, env, context) {
  for (const name of names) {
    progress.say(`\n${name}`);
    const program = join(root, `dist/bench/${name}.bench.js`);
    try {
      await run(process.execPath, ['--enable-source-maps', program], { cwd: root, env, stdio: 'inherit', ...context });
    } catch (error) {
      if (context.signal.aborted) throw error;
      progress.say(`failed: ${name}: ${error.message}`);
      process.exitCode = 1;
    }
  }
}

try {
  await main();
} catch (error) {
  progress.say(`failed: ${error.output ?? error.message ?? error}`);
  process.exitCode = 1;
}
process.exit();
