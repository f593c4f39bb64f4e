import { basename } from 'node:path';

/** Variables by which suites learn of their real parts. */
const PART = /\b(?:PORTUS_TEST_[A-Z0-9_]+|REDIS_URL|DATABASE_URL)\b/g;

/**
 * Counts one report of vitest's JSON reporter.
 * A file that failed without a failed test (it could not be loaded, or a hook threw) counts as one failure; so does a
 * test that never came to an end.
 * @param {object} report
 * @param {{ missing: Record<string, { reason: string, offered: boolean }>, sourceOf: (file: string) => string }} facts
 * @returns {{ passed: number, failed: string[], skipped: { name: string, reason: string, offered: boolean }[] }} each
 * failure by its file, its name, and the first line of what it says
 */
export function countResults(report, facts) {
  const counts = { passed: 0, failed: [], skipped: [] };
  for (const file of report.testResults) {
    const failedBefore = counts.failed.length;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'skipped' || test.status === 'todo')
        counts.skipped.push(describeSkip(test, file, facts));
      else counts.failed.push(describeFailure(file, test.fullName.trim(), test.failureMessages?.[0]));
    }
    if (file.status === 'failed' && counts.failed.length === failedBefore)
      counts.failed.push(describeFailure(file, 'outside of its tests', file.message));
  }
  return counts;
}

function describeFailure(file, name, message = 'it never ended') {
  return `${basename(file.name)}: ${name}: ${message.trim().split('\n', 1)[0]}`;
}

/** Why a test was skipped: the missing parts that its name speaks of, else those that its file speaks of. */
function describeSkip({ fullName, status }, file, { missing, sourceOf }) {
  const name = fullName.trim();
  if (status === 'todo') return { name, reason: 'not written yet', offered: true };
  const parts = [name, sourceOf(file.name)]
    .map((text) => [...new Set(text.match(PART) ?? [])].filter((part) => part in missing))
    .find((found) => found.length > 0);
  // Counted as a failure already: a hook threw, or another test of the file failed.
  if (parts === undefined && file.status === 'failed') return { name, reason: 'its file failed', offered: false };
  if (parts === undefined) return { name, reason: 'it gives no reason', offered: true };
  const reason = parts.map((part) => `no ${part}: ${missing[part].reason}`).join('; ');
  return { name, reason, offered: parts.every((part) => missing[part].offered) };
}

/** The one line that closes everything. */
export function totalLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
}

export const SIZES = ['check', 'unit', 'medium', 'fuzz', 'e2e', 'containers'];

/**
 * What `npm test -- medium -- webhooks` asks for: sizes before `--` (none: all of them, in their order), then filters
 * and options for vitest.
 * @throws {Error} on an unknown size
 */
export function selectSizes(args) {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const wanted = args.slice(0, end);
  const unknown = wanted.filter((name) => !SIZES.includes(name));
  if (unknown.length > 0)
    throw new Error(`unknown: ${unknown.join(', ')}. Sizes are ${SIZES.join(', ')}; file filters follow a --`);
  return { sizes: SIZES.filter((name) => wanted.length === 0 || wanted.includes(name)), filters: args.slice(end + 1) };
}
