import { describe, expect, it } from 'vitest';
import { CIRCUIT_FAILURES, circuitPause, nextAttempt } from './next-attempt.js';

describe(nextAttempt.name, () => {
  it.each([
    [1, 0, 5],
    [1, 1, 10],
    [2, 1, 20],
    [5, 0.5, 120],
    [30, 1, 3_600],
    [1_000, 0, 1_800],
  ])('after %i attempts, by chance %d, waits %d s', (attempts, random, seconds) => {
    expect(nextAttempt(attempts, 10, random)).toBe(seconds);
  });

  it('heeds what the receiver asks for, up to an hour', () => {
    expect(nextAttempt(1, 10, 0, 300)).toBe(300);
    expect(nextAttempt(1, 10, 1, 2)).toBe(10);
    expect(nextAttempt(1, 10, 0, 1e9)).toBe(3_600);
  });
});

describe(circuitPause.name, () => {
  it('grows with each failed trial, up to a quarter of an hour', () => {
    const pauses = [0, 1, 2, 3, 50].map((more) => circuitPause(CIRCUIT_FAILURES + more, 30));
    expect(pauses).toEqual([30, 60, 120, 240, 900]);
  });
});
