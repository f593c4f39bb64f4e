import { describe, expect, it, vi } from 'vitest';
import { BearerCache, normaliseAccess, usableMs, type RegistryAccess } from './bearer.js';

const REGISTRY = new URL('http://registry.test/v2/');
const pull = (name: string): RegistryAccess[] => [{ type: 'repository', name, actions: ['pull'] }];

function jwt(claims: Record<string, unknown>): string {
  return `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
}

function setUp(lifetime = 300): { cache: BearerCache; source: ReturnType<typeof vi.fn>; tick: (ms: number) => void } {
  let now = 1_000_000;
  let count = 0;
  const source = vi.fn(async (access: RegistryAccess[]) =>
    jwt({ iat: 1000, exp: 1000 + lifetime, jti: (count += 1), access }),
  );
  return { cache: new BearerCache(source, () => now), source, tick: (ms) => (now += ms) };
}

describe(BearerCache.name, () => {
  it('keeps a token until a minute before it expires', async () => {
    const { cache, source, tick } = setUp();
    const first = await cache.get(pull('a'), REGISTRY);
    tick(239_999);
    expect(await cache.get(pull('a'), REGISTRY)).toBe(first);
    tick(1);
    expect(await cache.get(pull('a'), REGISTRY)).not.toBe(first);
    expect(source).toHaveBeenCalledTimes(2);
  });

  it('knows equal rights in any order, and keeps different ones apart', async () => {
    const { cache, source } = setUp();
    const push = (...actions: string[]): RegistryAccess[] => [{ type: 'repository', name: 'a', actions }];
    await cache.get(push('pull', 'push'), REGISTRY);
    await cache.get(push('push', 'pull', 'push'), REGISTRY);
    expect(source).toHaveBeenCalledTimes(1);
    await cache.get(push('pull'), REGISTRY);
    await cache.get(pull('b'), REGISTRY);
    expect(source).toHaveBeenCalledTimes(3);
    expect(source).toHaveBeenNthCalledWith(1, push('pull', 'push'));
  });

  it('signs once for callers that come together', async () => {
    const { cache, source } = setUp();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => cache.get(pull('a'), REGISTRY)));
    expect(new Set(tokens).size).toBe(1);
    expect(source).toHaveBeenCalledTimes(1);
  });

  it('replaces a refused token, but not one that is newer than the refused', async () => {
    const { cache, source } = setUp();
    const first = await cache.get(pull('a'), REGISTRY);
    await cache.refuse(pull('a'), first);
    const second = await cache.get(pull('a'), REGISTRY);
    expect(second).not.toBe(first);
    await cache.refuse(pull('a'), first);
    expect(await cache.get(pull('a'), REGISTRY)).toBe(second);
    expect(source).toHaveBeenCalledTimes(2);
  });

  it('does not keep a failure', async () => {
    const { cache, source } = setUp();
    source.mockRejectedValueOnce(new Error('no key'));
    await expect(cache.get(pull('a'), REGISTRY)).rejects.toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      cause: new Error('no key'),
    });
    expect(await cache.get(pull('a'), REGISTRY)).toContain('.');
  });

  it('forgets the oldest when a registry has many repositories', async () => {
    const { cache, source } = setUp();
    for (let i = 0; i < 17_000; i += 1) await cache.get(pull(`r${i}`), REGISTRY);
    await cache.get(pull('r16999'), REGISTRY);
    expect(source).toHaveBeenCalledTimes(17_000);
    await cache.get(pull('r0'), REGISTRY);
    expect(source).toHaveBeenCalledTimes(17_001);
  });
});

describe(usableMs.name, () => {
  it.each([
    ['five minutes less one', jwt({ iat: 0, exp: 300 }), 240_000],
    ['half of a short life', jwt({ iat: 0, exp: 60 }), 30_000],
    ['counted from nbf without iat', jwt({ nbf: 10, exp: 310 }), 240_000],
    ['the default for no JWT', 'opaque', 240_000],
    ['the default for a token that never lived', jwt({ iat: 5, exp: 5 }), 240_000],
    ['the default for claims that are no numbers', jwt({ iat: '0', exp: '9' }), 240_000],
    ['the default for null', 'h.bnVsbA.s', 240_000],
  ])('is %s', (_, token, expected) => {
    expect(usableMs(token)).toBe(expected);
  });
});

describe(normaliseAccess.name, () => {
  it('merges and sorts', () => {
    const access: RegistryAccess[] = [
      { type: 'repository', name: 'b', actions: ['push'] },
      { type: 'registry', name: 'catalog', actions: ['*'] },
      { type: 'repository', name: 'a', actions: ['pull'] },
      { type: 'repository', name: 'b', actions: ['pull', 'push'] },
    ];
    expect(normaliseAccess(access)).toEqual([
      { type: 'registry', name: 'catalog', actions: ['*'] },
      { type: 'repository', name: 'a', actions: ['pull'] },
      { type: 'repository', name: 'b', actions: ['pull', 'push'] },
    ]);
  });
});
