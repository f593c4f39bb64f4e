import { spawnSync } from 'node:child_process';

/** What must not be shipped without a reason; the rest is told. */
const GRAVE = new Set(['high', 'critical']);

/**
 * @typedef {object} Accepted a vulnerability that does not concern us
 * @property {string} package @property {string} advisory the end of its address, such as GHSA-xxxx-xxxx-xxxx
 * @property {string} reason @property {string} until `YYYY-MM-DD`: looked at again then
 */

/** Asks the package registry for known vulnerabilities of what runs in production. */
export function askAudit(root) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 120_000 };
  // Its exit code says no more than the report: it is 1 for findings, and for a registry that does not answer.
  const { stdout, error } = spawnSync(npm, ['audit', '--omit=dev', '--json'], options);
  try {
    return JSON.parse(stdout);
  } catch {
    return { message: error?.message ?? 'npm wrote no report' };
  }
}

/**
 * Reads a report of `npm audit --json`.
 * @param {Accepted[]} accepted
 * @param {string} today `YYYY-MM-DD`
 * @returns {{ missing: string } | { found: number, problems: string[] }} `missing`: nobody was asked, so nothing is
 *   known; `problems`: grave findings that nobody has explained, and explanations that are over or of no use
 */
export function judgeAudit(report, accepted, today) {
  if (report.auditReportVersion === undefined) return { missing: report.message ?? 'the report has no known form' };
  if (report.auditReportVersion !== 2) return { missing: `a report of version ${report.auditReportVersion}` };
  const found = advisoriesOf(report);
  const explains = (one) => (each) => each.package === one.package && each.advisory === one.advisory;
  const unexplained = found
    .filter(({ severity }) => GRAVE.has(severity))
    .filter((one) => !accepted.some((each) => explains(one)(each) && each.until >= today))
    .map(({ package: name, advisory, severity, title }) => `${severity}: ${name}: ${title} (${advisory})`);
  const useless = accepted
    .filter((each) => !found.some((one) => explains(one)(each)))
    .map((each) => `accepted and not found any more: ${each.package} (${each.advisory})`);
  return { found: found.length, problems: [...unexplained, ...useless] };
}

/** Each advisory once for each package; a package that only depends on such a one names it by a string. */
function advisoriesOf({ vulnerabilities }) {
  return Object.entries(vulnerabilities).flatMap(([name, { via }]) =>
    via
      .filter((each) => typeof each === 'object')
      .map(({ url, severity, title }) => ({ package: name, advisory: url.split('/').pop(), severity, title })),
  );
}
