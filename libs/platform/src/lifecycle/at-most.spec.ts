import { describe, expect, it } from 'vitest';
import { atMost } from './at-most.js';

describe(atMost.name, () => {
  it('waits for what ends in time, and passes its failure on', async () => {
    expect(await atMost(10_000, Promise.resolve('done'))).toBe(true);
    await expect(atMost(10_000, Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  it('gives up on what does not end', async () => {
    expect(await atMost(1, new Promise(() => undefined))).toBe(false);
  });
});
