import { describe, expect, it } from 'vitest';
import { progressOf } from './progress.js';

describe(progressOf.name, () => {
  const facts = { listed: 100, missing: 20, done: 30, complete: true, seconds: 10 };

  it('tells the rate and the time that is left', () => {
    expect(progressOf(facts)).toEqual({ done: 30, total: 120, total_is_final: true, rate: 3, eta: 30 });
  });

  it.each([
    ['the catalog is still being listed', { complete: false }, { total_is_final: false, rate: 3, eta: null }],
    ['nothing is done yet', { done: 0 }, { rate: null, eta: null }],
    ['it has not begun', { seconds: null }, { rate: null, eta: null }],
  ])('promises no end while %s', (_, more, expected) => {
    expect(progressOf({ ...facts, ...more })).toMatchObject(expected);
  });
});
