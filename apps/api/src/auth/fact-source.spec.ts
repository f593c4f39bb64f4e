import { describe, expect, it } from 'vitest';
import { FactSource } from './fact-source.js';

function setUp(graceMs = 600_000) {
  let now = 1_000_000;
  return {
    sut: new FactSource(graceMs, () => now),
    later: (ms: number) => (now += ms),
    at: (ms: number) => new Date(ms),
  };
}

describe(FactSource.name, () => {
  it('is confirmed at the beginning, and after every answer of the database', () => {
    const { sut } = setUp();
    expect([sut.unconfirmed, sut.serving]).toEqual([null, false]);
    expect([sut.failed(), sut.failed()]).toEqual([true, false]);
    expect(sut.unconfirmed).not.toBeNull();
    expect([sut.confirmed(), sut.confirmed()]).toEqual([true, false]);
    expect([sut.unconfirmed, sut.serving]).toEqual([null, false]);
  });

  it('tells since when the database is away, and that the grace counts from the last confirmed facts', () => {
    const { sut, later, at } = setUp();
    sut.confirmed();
    later(200_000);
    sut.failed();
    later(50_000);
    sut.failed();
    expect(sut.unconfirmed).toEqual({ since: at(1_200_000), until: at(1_600_000) });
    expect(sut.serving).toBe(true);
    later(350_000);
    expect(sut.serving).toBe(false);
  });

  it('serves nothing when the grace is off, and nothing that was never confirmed', () => {
    const off = setUp(0);
    off.sut.confirmed();
    off.sut.failed();
    expect(off.sut.serving).toBe(false);
    const unused = setUp();
    unused.sut.failed();
    expect(unused.sut.serving).toBe(false);
    expect(unused.sut.unconfirmed?.until).toEqual(unused.sut.unconfirmed?.since);
  });

  it('a database that only answers confirms no facts: the grace is not begun anew', () => {
    const { sut, later, at } = setUp();
    sut.confirmed();
    later(100_000);
    sut.failed();
    expect([sut.reachable(), sut.reachable()]).toEqual([true, false]);
    sut.failed();
    expect(sut.unconfirmed?.until).toEqual(at(1_600_000));
  });
});
