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
    { name: '/x.spec.ts', status, assertionResults: tests.map(([s, fullName = 't']) => ({ status: s, fullName })) },
  ],
});

describe(countResults, () => {
  it('counts passed and failed tests', () => {
    expect(countResults(report('failed', ['passed'], ['passed'], ['failed']), facts)).toEqual({
      passed: 2,
      failed: 1,
      skipped: [],
    });
  });

  it('counts a file that could not be loaded as one failure', () => {
    expect(countResults(report('failed'), facts).failed).toBe(1);
  });

  it('counts a hook that threw as one failure, beside the tests that it kept from running', () => {
    expect(countResults(report('failed', ['skipped'], ['passed']), facts)).toMatchObject({ failed: 1, passed: 1 });
  });

  it('counts a test that never ended as a failure', () => {
    expect(countResults(report('passed', ['pending']), facts).failed).toBe(1);
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
    expect([failed, ...skipped.map(({ offered }) => offered)]).toEqual([1, false, false]);
  });

  it('never excuses a skip without a reason', () => {
    const [skip] = countResults(report('passed', ['skipped', 'copies']), { missing, sourceOf: () => '' }).skipped;
    expect(skip.offered).toBe(true);
  });
});

describe(selectSizes, () => {
  it.each([
    [[], ['check', 'unit', 'medium', 'fuzz', 'e2e'], []],
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
    expect(totalLine({ passed: 3, failed: 0, skipped: 1 })).toBe('3 passed, 0 failed, 1 skipped');
  });
});

describe(checkNames, () => {
  it('reads the chain of npm run', () => {
    expect(checkNames('npm run format && npm run lint')).toEqual(['format', 'lint']);
  });
});
