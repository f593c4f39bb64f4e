import { describe, expect, it, vi } from 'vitest';
import { RegistryError } from '../errors.js';
import { LONGEST_RETRY_AFTER_MS, retryDelay, withRetries } from './retry.js';

const failure = (temporary: boolean, status: number | null = null, retryAfterMs: number | null = null): RegistryError =>
  new RegistryError('X', { message: 'm', url: 'http://r.test/', temporary, status, retryAfterMs });

function scripted(...outcomes: (RegistryError | Error | 'ok')[]): () => Promise<string> {
  return vi.fn(async () => {
    const outcome = outcomes.shift() ?? 'ok';
    if (outcome !== 'ok') throw outcome;
    return outcome;
  });
}

describe(withRetries.name, () => {
  const sleep = vi.fn(async () => undefined);

  it.each([
    ['a temporary failure is repeated', [failure(true), failure(true, 503)], 2, 'ok', 3],
    ['as often as allowed', [failure(true), failure(true), failure(true)], 2, 'X', 3],
    ['a permanent one is not', [failure(false, 404)], 2, 'X', 1],
    ['a 500 only once', [failure(true, 500), failure(true, 500)], 5, 'X', 2],
    ['no repetition when none is allowed', [failure(true)], 0, 'X', 1],
    ['a programming error is not repeated', [new TypeError('bug')], 2, 'bug', 1],
  ])('%s', async (_, outcomes, maxRetries, expected, attempts) => {
    const attempt = scripted(...outcomes);
    const result = await withRetries(attempt, { maxRetries, sleep }).catch(
      (error: RegistryError) => error.code ?? error.message,
    );
    expect(result).toBe(expected);
    expect(attempt).toHaveBeenCalledTimes(attempts);
  });

  it('does not begin when it is already aborted', async () => {
    const attempt = scripted();
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(withRetries(attempt, { maxRetries: 2, signal })).rejects.toThrow('stop');
    expect(attempt).not.toHaveBeenCalled();
  });

  it('is woken by an abort while it waits', async () => {
    const control = new AbortController();
    const attempt = scripted(failure(true, 503, 30_000));
    const running = withRetries(attempt, { maxRetries: 2, signal: control.signal });
    await vi.waitFor(() => expect(attempt).toHaveBeenCalled());
    control.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
    expect(attempt).toHaveBeenCalledTimes(1);
  });
});

describe(retryDelay.name, () => {
  it.each([
    ['grows', 0, null, 0.5, 100],
    ['doubles', 2, null, 0.5, 400],
    ['is bounded', 20, null, 1, 5000],
    ['may be nothing', 3, null, 0, 0],
    ['is at least what the registry asks for', 0, 7000, 0.5, 7000],
    ['never lets it ask for more than 30 s', 0, 3_600_000, 0.5, LONGEST_RETRY_AFTER_MS],
  ])('%s', (_, retry, retryAfterMs, random, expected) => {
    expect(retryDelay(retry, retryAfterMs, () => random)).toBe(expected);
  });
});
