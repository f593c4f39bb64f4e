import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeAudit } from './audit.mjs';
import { readDependencies, sizeOf } from './dependencies.mjs';
import { pageProblems } from './dependency-page.mjs';
import { isAllowed } from './licences.mjs';

const root = dirname(dirname(import.meta.dirname));
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
const dependencies = readDependencies(root);
const installed = dependencies.server
  .map((one) => ({ ...one, bytes: sizeOf(root, one) }))
  .filter(({ bytes }) => bytes !== undefined);

describe('what is shipped of others', () => {
  it('is what docs/dependencies.md says: licences, reasons, numbers, contents', () => {
    expect(installed.length).toBeGreaterThan(100);
    expect(pageProblems(page, dependencies, installed)).toEqual([]);
  });

  it('is what runs, and what the page is built of', () => {
    const names = (packages) => packages.map(({ name }) => name);
    expect(names(dependencies.server)).toEqual(expect.arrayContaining(['fastify', 'typeorm', 'pg', 'find-my-way']));
    expect(names(dependencies.page)).toEqual(expect.arrayContaining(['react', 'scheduler', '@mantine/core']));
    expect(names(dependencies.development)).toEqual(expect.arrayContaining(['vitest', 'prettier']));
    expect(dependencies.server.find(({ name }) => name === 'avvio').through).toBe('fastify');
  });

  it('is refused with a licence that is unknown or copyleft, without a reason, or without a sum', () => {
    const bad = [
      { name: 'copyleft', licence: 'AGPL-3.0', integrity: 'sha512-x', through: 'copyleft' },
      { name: 'unknown', licence: undefined, integrity: 'sha512-x', through: 'other' },
      { name: 'loose', licence: 'MIT', integrity: undefined, through: 'other' },
    ];
    const large = { name: 'large', bytes: 3_000_000 };
    const worse = { ...dependencies, server: [...dependencies.server, ...bad] };
    expect(pageProblems(page, worse, [large])).toEqual([
      'the licence of copyleft is AGPL-3.0',
      'the licence of unknown is unknown',
      'nothing tells whether loose is what it was',
      'no reason is given for copyleft',
      'no reason is given for large',
      'docs/dependencies.md is out of date: npm run supply -- --write',
    ]);
  });
});

describe(isAllowed, () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND GPL-3.0', false],
    ['(MIT AND Zlib)', true],
    ['MPL-2.0', false],
    ['LGPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (licence, expected) => {
    expect(isAllowed(licence)).toBe(expected);
  });
});

describe(judgeAudit, () => {
  const advisory = (severity, id) => ({ source: 1, severity, title: 'is bad', url: `https://advisories.test/${id}` });
  const report = {
    auditReportVersion: 2,
    vulnerabilities: {
      one: { severity: 'high', via: [advisory('high', 'GHSA-1'), advisory('low', 'GHSA-2')] },
      other: { severity: 'high', via: ['one'] },
    },
  };
  const accepted = { package: 'one', advisory: 'GHSA-1', reason: 'we do not call it', until: '2027-01-31' };

  it('fails for what is grave and not explained', () => {
    const problems = ['high: one: is bad (GHSA-1)'];
    expect(judgeAudit(report, [], '2027-01-01')).toEqual({ found: 2, problems });
    expect(judgeAudit(report, [{ ...accepted, package: 'other' }], '2027-01-01')).toMatchObject({
      problems: [...problems, 'accepted and not found any more: other (GHSA-1)'],
    });
  });

  it('takes an explanation for as long as it says', () => {
    expect(judgeAudit(report, [accepted], '2027-01-31')).toEqual({ found: 2, problems: [] });
    expect(judgeAudit(report, [accepted], '2027-02-01').problems).toHaveLength(1);
  });

  it.each([
    [{ message: '405 Method Not Allowed' }, '405 Method Not Allowed'],
    [{ error: { code: 'ENOTFOUND' } }, 'the report has no known form'],
    [{ auditReportVersion: 3 }, 'a report of version 3'],
  ])('knows nothing where nobody could be asked: %j', (answer, missing) => {
    expect(judgeAudit(answer, [], '2027-01-01')).toEqual({ missing });
  });

  it('is told of nothing that is accepted without a reason and an end', () => {
    for (const one of JSON.parse(readFileSync(join(root, 'scripts/accepted-vulnerabilities.json'), 'utf8'))) {
      expect(one).toEqual({
        package: expect.any(String),
        advisory: expect.any(String),
        reason: expect.stringMatching(/.{20}/),
        until: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      });
    }
  });
});
