import { npmCommand } from './install.mjs';
import { run } from './commands.mjs';

/** Names of the scripts that `npm run check` chains: `npm run a && npm run b` → a, b. */
export function checkNames(checkScript) {
  return [...checkScript.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
}

/**
 * Runs the checks one by one, so that one failure does not hide the next; each counts as a test.
 * @returns {Promise<{ passed: number, failed: string[] }>}
 */
export async function runChecks({ root, names, progress, context }) {
  const counts = { passed: 0, failed: [] };
  const [file, first] = npmCommand();
  for (const name of names) {
    try {
      await progress.step(`check:${name}`, async () => {
        await run(file, [...first, 'run', '--silent', name], { cwd: root, ...context });
      });
      counts.passed++;
    } catch (error) {
      if (context.signal.aborted) throw error;
      progress.say(error.output ?? error.message);
      counts.failed.push(`check:${name}`);
    }
  }
  return counts;
}
