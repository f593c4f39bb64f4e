import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './commands.mjs';
import { readJson } from './state-file.mjs';
import { countResults } from './vitest-results.mjs';

/**
 * Runs one size of tests and counts it. A run that ends badly without a failed test in its report (a crash, an error
 * outside of all tests) counts as one failure, and so does one without any test.
 * @returns {Promise<{ passed: number, failed: string[], skipped: object[] }>}
 */
export async function runVitest({ root, size, filters, env, missing, progress, context }) {
  const file = join(root, '.test-output', `${size}.json`);
  mkdirSync(join(root, '.test-output'), { recursive: true });
  rmSync(file, { force: true });
  progress.say(`\n${size}`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const selection = ['--project', size, ...filters, ...(filters.length > 0 ? ['--passWithNoTests'] : [])];
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...selection, ...reporters];
  let problem;
  try {
    await run(process.execPath, args, { cwd: root, env, stdio: 'inherit', ...context });
  } catch (error) {
    if (context.signal.aborted) throw error;
    problem = `vitest ended badly (${size})`;
  }
  const report = readJson(file);
  const counts = report
    ? countResults(report, { missing, sourceOf: (path) => readFileSync(path, 'utf8') })
    : { passed: 0, failed: [], skipped: [] };
  if (filters.length === 0 && counts.passed + counts.failed.length + counts.skipped.length === 0)
    problem ??= `no test ran (${size})`;
  if (problem !== undefined && counts.failed.length === 0)
    counts.failed.push(`${problem}; see ${relative(root, file)}`);
  return counts;
}
