import { describe, expect, it } from 'vitest';
import type { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { LoginThrottle, ThrottledError } from './login-throttle.js';

function setUp() {
  const recorded: string[] = [];
  const failures = {
    count: async () => ({ pair: recorded.length, oldestPairAge: 0, address: recorded.length }),
    record: async (username: string) => void recorded.push(username),
    forget: async () => undefined,
  };
  const sut = new LoginThrottle(failures as unknown as LoginFailuresRepository, 'a secret key base of this test');
  let reached = 0;
  let judge!: (matches: boolean) => void;
  const judged = new Promise<boolean>((resolve) => (judge = resolve));
  const attempts = (count: number, of: (i: number) => { username: string; password: string; address?: string }) =>
    Array.from({ length: count }, (_, i) =>
      sut.guard({ address: '192.0.2.1', ...of(i) }, async () => {
        reached++;
        return judged;
      }),
    );
  return { sut, attempts, judge, reached: () => reached };
}

const soon = expect.objectContaining({ retryAfter: 1 });

describe(LoginThrottle.name, () => {
  it('lets no more wrong passwords of a pair be judged at once than one after the other', async () => {
    const { sut, attempts, judge, reached } = setUp();
    const results = Promise.allSettled(
      attempts(30, (i) => ({ username: i % 2 ? 'alice' : 'ALICE', password: `${i}` })),
    );
    judge(false);
    const refused = (await results).filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(reached()).toBe(10);
    expect(refused).toHaveLength(20);
    expect(refused).toEqual(refused.map(() => soon));
    const next = sut.guard({ username: 'alice', password: 'x', address: '192.0.2.1' }, async () => true);
    await expect(next).rejects.toThrow(ThrottledError);
  });

  it('lets a client send its right password many times at once', async () => {
    const { attempts, judge } = setUp();
    const results = Promise.all(attempts(30, () => ({ username: 'alice', password: 'right' })));
    judge(true);
    expect(new Set(await results)).toEqual(new Set([true]));
  });

  it('judges a bounded number of one address at once, and those of another beside them', async () => {
    const { attempts, judge, reached } = setUp();
    const one = Promise.allSettled(attempts(40, (i) => ({ username: `user ${i}`, password: 'x' })));
    const other = Promise.all(attempts(5, (i) => ({ username: `user ${i}`, password: 'x', address: '192.0.2.2' })));
    judge(true);
    const refused = (await one).filter((result) => result.status === 'rejected');
    expect(refused.map(({ reason }) => reason as unknown)).toEqual(Array.from({ length: 8 }, () => soon));
    expect(await other).toHaveLength(5);
    expect(reached()).toBe(37);
    expect(await Promise.all(attempts(32, (i) => ({ username: `later ${i}`, password: 'x' })))).toHaveLength(32);
  });
});
