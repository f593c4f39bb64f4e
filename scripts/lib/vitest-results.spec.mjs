import { describe, expect, it } from 'vitest';
import { checkNames } from './checks.mjs';
import { countResults, selectSizes, totalLine } from './vitest-results.mjs';

const missing = {
  PORTUS_TEST_REGISTRY_3: { reason: 'no Go', offered: false },
  PORTUS_TEST_SKOPEO: { reason: 'no apt-get', offered: true },
};
const facts = { missing, sourceOf: () => "describe.skipIf(!process.env.PORTUS_TEST_SKOPEO)('x')" };
const report = (status, ...tests) => ({
  testResults: [
    {
      name: '/a/x.spec.ts',
      status,
      message: 'no such file\nsecond line',
      assertionResults: tests.map(([s, fullName = 't', ...failureMessages]) => ({
        status: s,
        fullName,
        failureMessages,
      })),
    },
  ],
});

describe(countResults, () => {
  it('counts passed tests and names the failed ones', () => {
    const failed = ['failed', 'adds', 'Error: 3, not 4\n    at x.spec.ts'];
    expect(countResults(report('failed', ['passed'], ['passed'], failed), facts)).toEqual({
      passed: 2,
      failed: ['x.spec.ts: adds: Error: 3, not 4'],
      skipped: [],
    });
  });

  it('counts a file that could not be loaded as one failure', () => {
    expect(countResults(report('failed'), facts).failed).toEqual(['x.spec.ts: outside of its tests: no such file']);
  });

  it('counts a hook that threw as one failure, beside the tests that it kept from running', () => {
    expect(countResults(report('failed', ['skipped'], ['passed']), facts)).toMatchObject({
      failed: [expect.any(String)],
      passed: 1,
    });
  });

  it('counts a test that never ended as a failure', () => {
    expect(countResults(report('passed', ['pending']), facts).failed).toEqual(['x.spec.ts: t: it never ended']);
  });

  it('takes the reason of a skip from the missing part that its name speaks of', () => {
    const [skip] = countResults(report('passed', ['skipped', 'registry 3 (PORTUS_TEST_REGISTRY_3)']), facts).skipped;
    expect(skip).toEqual({
      name: 'registry 3 (PORTUS_TEST_REGISTRY_3)',
      reason: 'no PORTUS_TEST_REGISTRY_3: no Go',
      offered: false,
    });
  });

  it('else from those that its file speaks of', () => {
    const [skip] = countResults(report('passed', ['skipped', 'copies']), facts).skipped;
    expect(skip).toEqual({ name: 'copies', reason: 'no PORTUS_TEST_SKOPEO: no apt-get', offered: true });
  });

  it('does not count the tests behind a hook that threw a second time', () => {
    const { failed, skipped } = countResults(report('failed', ['skipped', 'a'], ['skipped', 'b']), {
      missing,
      sourceOf: () => '',
    });
    expect([failed.length, ...skipped.map(({ offered }) => offered)]).toEqual([1, false, false]);
  });

  it('never excuses a skip without a reason', () => {
    const [skip] = countResults(report('passed', ['skipped', 'copies']), { missing, sourceOf: () => '' }).skipped;
    expect(skip.offered).toBe(true);
  });
});

describe(selectSizes, () => {
  it.each([
    [[], ['check', 'unit', 'medium', 'fuzz', 'e2e', 'containers'], []],
    [['e2e', 'unit'], ['unit', 'e2e'], []],
    [['medium', '--', 'webhooks', '-t', 'x'], ['medium'], ['webhooks', '-t', 'x']],
  ])('%j', (args, sizes, filters) => {
    expect(selectSizes(args)).toEqual({ sizes, filters });
  });

  it('refuses a name that it does not know', () => {
    expect(() => selectSizes(['webhooks'])).toThrow('unknown: webhooks');
  });
});

describe(totalLine, () => {
  it('is the line that scripts look for', () => {
    expect(totalLine({ passed: 3, failed: [], skipped: ['one'] })).toBe('3 passed, 0 failed, 1 skipped');
  });
});

describe(checkNames, () => {
  it('reads the chain of npm run', () => {
    expect(checkNames('npm run format && npm run lint')).toEqual(['format', 'lint']);
  });
});
