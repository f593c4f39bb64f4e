import { describe, expect, it } from 'vitest';
import { RegistryClocks } from './registry-clocks.js';

function setUp(fails = false) {
  let now = 1_777_000_000_000;
  const stored: [number, number][] = [];
  const note = async (id: number, aheadMs: number) => {
    stored.push([id, aheadMs]);
    if (fails) throw new Error('the database is away');
  };
  const sut = new RegistryClocks({ note }, { warn: () => undefined }, () => now);
  const reading = (aheadMs: number, uncertaintyMs = 510) => ({ aheadMs, uncertaintyMs });
  return { sut, stored, reading, later: (ms: number) => (now += ms), at: (ms: number) => new Date(now + ms) };
}

describe(RegistryClocks.name, () => {
  it('stores what changed by more than a second and its uncertainty, and else only now and then', () => {
    const { sut, stored, reading, later } = setUp();
    for (let i = 0; i < 100; i++) {
      sut.note(1, reading(i % 2 === 0 ? 400 : -500));
      later(1_000);
    }
    expect(stored).toEqual([[1, 400]]);
    sut.note(1, reading(95_000));
    expect(stored.at(-1)).toEqual([1, 95_000]);
    later(180_000);
    sut.note(1, reading(95_000));
    expect(stored).toHaveLength(3);
  });

  it('keeps registries apart, and does not believe slow answers', () => {
    const { sut, stored, reading } = setUp();
    sut.note(1, reading(0));
    sut.note(2, reading(40_000));
    sut.note(1, reading(99_000, 6_000));
    expect(stored).toEqual([
      [1, 0],
      [2, 40_000],
    ]);
  });

  it('leaves a database alone that can not store it, and tries again later', async () => {
    const { sut, stored, reading, later } = setUp(true);
    sut.note(1, reading(0));
    await Promise.resolve();
    await Promise.resolve();
    later(5_000);
    sut.note(1, reading(0));
    expect(stored).toHaveLength(1);
    later(5_001);
    sut.note(1, reading(0));
    expect(stored).toHaveLength(2);
  });

  it('takes events as a hint only when they are in the future, and no answer told better', () => {
    const { sut, stored, reading, at, later } = setUp();
    sut.hint(1, at(-3_600_000));
    sut.hint(1, at(500));
    expect(stored).toEqual([]);
    sut.hint(1, at(60_000));
    expect(stored).toEqual([[1, 60_000]]);
    later(200_000);
    sut.note(1, reading(70_000));
    sut.hint(1, at(10_000));
    expect(stored.at(-1)).toEqual([1, 70_000]);
  });
});
