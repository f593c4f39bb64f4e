import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hashWebhookSecret, type WebhookSecrets } from '#persistence/registries.repository.js';
import { RegistrySecrets } from './registry-secrets.js';

const MINUTE = 60_000;
const secrets = (id: number, now: string, before: string | null = null): WebhookSecrets => ({
  id,
  hash: hashWebhookSecret(now),
  previousHash: before === null ? null : hashWebhookSecret(before),
  unsigned: false,
});
const silence = () => new Promise<never>(() => undefined);

describe(RegistrySecrets.name, () => {
  const webhookSecrets = vi.fn<() => Promise<WebhookSecrets[]>>();
  let sut: RegistrySecrets;

  beforeEach(() => {
    vi.useFakeTimers();
    webhookSecrets.mockReset().mockResolvedValue([secrets(1, 'one'), secrets(2, 'two', 'former')]);
    sut = new RegistrySecrets({ webhookSecrets });
  });
  afterEach(() => vi.useRealTimers());

  it.each([
    ['Bearer one', 1],
    ['bearer two', 2],
    ['Bearer former', 2],
    ['Bearer three', null],
    ['Basic one', null],
    [undefined, null],
  ])('knows whose %j is: %j (trap 33)', async (authorization, expected) => {
    expect(await sut.registryOf(authorization)).toBe(expected);
  });

  it('takes what bears no secret as the one registry that may speak so, and nothing with a wrong one', async () => {
    webhookSecrets.mockResolvedValue([secrets(1, 'one'), { ...secrets(2, 'two'), unsigned: true }]);
    expect(await sut.registryOf(undefined)).toBe(2);
    expect(await sut.registryOf('Bearer one')).toBe(1);
    expect(await sut.registryOf('Bearer three')).toBeNull();
    expect(await sut.registryOf('')).toBeNull();
  });

  it('serves a known secret at once while the database is silent', async () => {
    await sut.registryOf('Bearer one');
    webhookSecrets.mockImplementation(silence);
    vi.advanceTimersByTime(MINUTE / 2);
    // No timer is advanced here: whoever waited for one would wait for ever.
    expect(await sut.registryOf('Bearer one')).toBe(1);
    expect(webhookSecrets).toHaveBeenCalledTimes(2);
  });

  it('waits only briefly when what it knows is old', async () => {
    await sut.registryOf('Bearer one');
    webhookSecrets.mockImplementation(silence);
    vi.advanceTimersByTime(2 * MINUTE);
    const answer = sut.registryOf('Bearer one');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answer).toBe(1);
  });

  it('forgets a withdrawn secret with the next good load', async () => {
    await sut.registryOf('Bearer one');
    webhookSecrets.mockResolvedValue([secrets(1, 'new')]);
    vi.advanceTimersByTime(MINUTE / 2);
    expect(await sut.registryOf('Bearer one')).toBe(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(await sut.registryOf('Bearer one')).toBeNull();
  });

  it('forgets it before it answers when what it knows is old', async () => {
    await sut.registryOf('Bearer one');
    webhookSecrets.mockResolvedValue([]);
    vi.advanceTimersByTime(2 * MINUTE);
    expect(await sut.registryOf('Bearer one')).toBeNull();
  });

  it('serves what it knows while the database refuses, and asks again', async () => {
    await sut.registryOf('Bearer one');
    webhookSecrets.mockRejectedValue(new Error('away'));
    for (const _ of [1, 2]) {
      vi.advanceTimersByTime(2 * MINUTE);
      expect(await sut.registryOf('Bearer one')).toBe(1);
    }
    expect(webhookSecrets).toHaveBeenCalledTimes(3);
  });

  it('fails for an unknown secret when the database can not tell', async () => {
    webhookSecrets.mockImplementation(silence);
    const answer = expect(sut.registryOf('Bearer one')).rejects.toThrow('the database does not answer');
    await vi.advanceTimersByTimeAsync(2_000);
    await answer;
  });
});
