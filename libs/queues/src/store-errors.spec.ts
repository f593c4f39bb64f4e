import { expect, it, vi } from 'vitest';
import { warnOfStore } from './store-errors.js';

it('warns of the first error of the store, and then at most once in 30 seconds', () => {
  let now = 0;
  const warn = vi.fn();
  const sut = warnOfStore({ warn }, () => now);
  for (; now < 60_000; now += 100) sut(new Error('connect ECONNREFUSED'));
  expect(warn).toHaveBeenCalledTimes(2);
  expect(warn).toHaveBeenCalledWith({ error: 'connect ECONNREFUSED' }, expect.any(String));
});
