import { rmSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProgress } from './lib/progress.mjs';
import { LockHeldError, takeLock } from './lib/lock.mjs';
import { createLedger, endLeftovers } from './lib/ledger.mjs';
import { endProcess, isAlive } from './lib/processes.mjs';
import { removeQuickstart } from './lib/quickstart.mjs';
import { readEnvironment, readSettings } from './lib/settings.mjs';
import { callingNpm, stopOnSignals } from './lib/signals.mjs';
import { startEverything } from './lib/stack.mjs';

const OLDEST_NODE = [20, 11];

/** A failure after everything had been up. */
class StoppedError extends Error {}

async function main(progress) {
  requireNode(process.versions.node);
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const env = readEnvironment(root);
  const settings = readSettings(root, env);
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const release = await lockDataDir(settings, progress);
  try {
    await runUntilStopped({ settings, env, progress });
  } finally {
    release();
  }
}

/** Takes the lock of the data folder, also from a start that lost its npm and is stopping, or should. */
async function lockDataDir({ dataDir, url }, progress) {
  const take = () => takeLock(join(dataDir, 'start.lock'), { url, npm: callingNpm() });
  try {
    return take();
  } catch (error) {
    if (!(error instanceof LockHeldError) || error.holder.npm === undefined || isAlive(error.holder.npm)) throw error;
    progress.say(`  ending an earlier start that has lost its terminal (process ${error.holder.pid})`);
    await endProcess(error.holder, [['SIGTERM', 60_000]]);
    return take();
  }
}

function requireNode(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`Portus needs Node.js ${OLDEST_NODE.join('.')} or later; this is ${version}`);
}

async function runUntilStopped({ settings, env, progress }) {
  const stop = stopOnSignals(progress.say);
  const ledgerFile = join(settings.dataDir, 'run.json');
  const stack = [];
  let up = false;
  try {
    removeQuickstart(settings.dataDir);
    const leftovers = await endLeftovers(ledgerFile);
    if (leftovers.length > 0) progress.say(`  ended what an earlier start left running: ${leftovers.join(', ')}`);
    const context = { signal: stop.signal, ledger: createLedger(ledgerFile) };
    await startEverything({ settings, env, progress, context, stack, onGiveUp: stop.fail });
    up = true;
    await stop.requested;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    removeQuickstart(settings.dataDir);
    for (const supervisor of stack.toReversed()) await supervisor.stop();
    rmSync(ledgerFile, { force: true });
  }
  const { reason } = stop.signal;
  if (reason instanceof Error) throw up ? new StoppedError(reason.message) : reason;
  progress.say('Everything has stopped.');
}

const progress = createProgress();
try {
  await main(progress);
} catch (error) {
  if (error instanceof LockHeldError)
    progress.say(`Portus is already running here (process ${error.holder.pid}): ${error.holder.url}`);
  else
    progress.say(`Portus ${error instanceof StoppedError ? 'had to stop' : 'could not be started'}: ${error.message}`);
  process.exitCode = 1;
}
// Whatever a library still holds open must not keep the command from ending: nothing of ours is running any more.
process.exit();
