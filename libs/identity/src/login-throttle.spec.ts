import { describe, expect, it } from 'vitest';
import type { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { LoginThrottle, ThrottledError } from './login-throttle.js';
import { RecentDoubts } from './recent-doubts.js';

function setUp() {
  const recorded: string[] = [];
  let asked = 0;
  const failures = {
    count: async () => {
      asked++;
      return { pair: recorded.length, oldestPairAge: 0, address: recorded.length };
    },
    record: async (username: string) => void recorded.push(username),
    forget: async () => void recorded.splice(0),
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
  return { sut, attempts, judge, reached: () => reached, asked: () => asked };
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

  const alice = { username: 'alice', password: 'right', address: '192.0.2.1' };
  const fail = async (sut: LoginThrottle, times: number) => {
    for (let i = 0; i < times; i++) await sut.guard({ ...alice, password: `${i}` }, async () => false);
  };

  it('asks nothing about a password that is known to be right, until others were tried from there', async () => {
    const { sut, asked } = setUp();
    await sut.pass(alice, false);
    expect(asked()).toBe(0);
    await fail(sut, 9);
    await sut.pass(alice, false);
    expect(asked()).toBe(10);
    await sut.pass({ ...alice, address: '192.0.2.2' }, false);
    await sut.pass({ ...alice, username: 'bob' }, false);
    expect(asked()).toBe(10);
    await sut.pass({ ...alice, username: 'bob' }, true);
    expect(asked()).toBe(11);
  });

  it('lets any number of known passwords of one address pass at once, also where others were tried', async () => {
    const { sut } = setUp();
    await fail(sut, 1);
    expect(await Promise.all(Array.from({ length: 100 }, () => sut.pass(alice)))).toHaveLength(100);
  });

  it('refuses also the right guess of who has guessed too often, be it known to be right', async () => {
    const { sut } = setUp();
    await fail(sut, 10);
    await expect(sut.pass(alice)).rejects.toThrow(ThrottledError);
    await expect(sut.pass({ ...alice, username: 'ALICE' })).rejects.toThrow(ThrottledError);
    await sut.pass({ ...alice, address: '192.0.2.2' }, false);
  });

  it('makes slips of what failed before a right password that had to be judged, and of nothing before a known one', async () => {
    const { sut, asked } = setUp();
    await fail(sut, 5);
    await sut.pass(alice);
    await fail(sut, 4);
    expect(await sut.guard(alice, async () => true)).toBe(true);
    const before = asked();
    await sut.pass(alice, false);
    expect(asked()).toBe(before);
  });

  it('counts by itself while nobody can be asked', () => {
    const { sut } = setUp();
    sut.passAlone(alice, true);
    for (let i = 0; i < 10; i++) sut.passAlone({ ...alice, password: `${i}` }, false);
    expect(() => sut.passAlone(alice, true)).toThrow(ThrottledError);
    sut.passAlone({ ...alice, address: '192.0.2.2' }, true);
  });
});

describe(RecentDoubts.name, () => {
  it('forgets after its window, and stays bounded', () => {
    let now = 0;
    const sut = new RecentDoubts(1_000, () => now);
    sut.note('alice', '192.0.2.1');
    sut.note('ALICE', '192.0.2.1');
    expect(sut.count('alice', '192.0.2.1')).toBe(2);
    now = 1_000;
    expect(sut.count('alice', '192.0.2.1')).toBe(0);
    for (let i = 0; i < 10_001; i++) sut.note(`user ${i}`, '192.0.2.1');
    expect(sut.count('user 0', '192.0.2.1')).toBe(0);
    expect(sut.count('user 10000', '192.0.2.1')).toBe(1);
  });
});
