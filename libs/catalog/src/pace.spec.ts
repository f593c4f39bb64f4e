import { expect, it } from 'vitest';
import { Pace } from './pace.js';

it('lets so many begin in any minute', () => {
  let now = 0;
  const sut = new Pace(3, () => now);
  expect(sut.left()).toBe(3);
  sut.take(2);
  now = 30_000;
  sut.take(1);
  expect(sut.left()).toBe(0);
  now = 60_000;
  expect(sut.left()).toBe(2);
});

it('lets any number begin where no rate is set', () => {
  const sut = new Pace(0);
  sut.take(1_000);
  expect(sut.left()).toBe(Infinity);
});
