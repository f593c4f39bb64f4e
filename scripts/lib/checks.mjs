import { npmCommand } from './install.mjs';
import { run } from './commands.mjs';

/** Names of the scripts that `npm run check` chains: `npm run a && npm run b` → a, b. */
export function checkNames(checkScript) {
  return [...checkScript.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
}

/** Checks at a time; each has one core to itself for most of its time. */
const SIDE_BY_SIDE = 2;

/**
 * Runs all of the checks, so that one failure does not hide the next; each counts as a test. They are begun with the last
 * of the chain: there the slow ones are, as the quick ones come first for people.
 * @returns {Promise<{ passed: number, failed: string[] }>}
 */
export async function runChecks({ root, names, progress, context }) {
  const counts = { passed: 0, failed: [] };
  const [file, first] = npmCommand();
  const waiting = [...names];
  const work = async () => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) await check(name);
  };
  const check = async (name) => {
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
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return counts;
}
