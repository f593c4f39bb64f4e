import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NONE, whenReached } from './when-reached.js';

const away = (code: string) => Object.assign(new Error(code), { code });

describe(whenReached.name, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', '57P03'])(
    'tries again after longer and longer pauses while nobody answers: %s',
    async (code) => {
      const pauses: number[] = [];
      const attempt = vi.fn(async () => 'done');
      for (let i = 0; i < 7; i++) attempt.mockRejectedValueOnce(away(code));
      const patience = { milliseconds: 60_000, onFailure: (_: Error, ms: number) => pauses.push(ms) };
      const result = whenReached(attempt, patience);
      await vi.runAllTimersAsync();
      expect(await result).toBe('done');
      expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    },
  );

  it('gives up when its patience is over', async () => {
    const attempt = vi.fn(() => Promise.reject(away('ECONNREFUSED')));
    const result = whenReached(attempt, { milliseconds: 10_000, onFailure: () => undefined });
    const failed = expect(result).rejects.toThrow('ECONNREFUSED');
    await vi.runAllTimersAsync();
    await failed;
    expect(attempt.mock.calls.length).toBeLessThan(10);
  });

  it.each([
    ['with a wrong password', '28P01', { milliseconds: 60_000, onFailure: () => undefined }],
    ['without patience', 'ECONNREFUSED', NONE],
  ])('tries once %s', async (_, code, patience) => {
    const attempt = vi.fn(() => Promise.reject(away(code)));
    await expect(whenReached(attempt, patience)).rejects.toThrow(code);
    expect(attempt).toHaveBeenCalledTimes(1);
  });
});
