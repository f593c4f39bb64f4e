import { describe, expect, it } from 'vitest';
import { lifetimeOf } from './token-lifetime.js';

const repository = (...actions: string[]) => ({ actions });

describe(lifetimeOf.name, () => {
  it.each([
    ['nothing, as at a login', [], 120],
    ['pulls', [repository('pull'), repository('pull')], 120],
    ['a push', [repository('pull', 'push')], 900],
    ['a push and a pull, as of a mount', [repository('pull'), repository('push')], 900],
    ['a deletion', [repository('delete')], 900],
    ['the catalog', [repository('*')], 900],
    ['a push that was refused', [repository()], 120],
  ])('gives a token for %s its own lifetime', (_, granted, seconds) => {
    expect(lifetimeOf(granted, { tokenLifetime: 5, pullTokenLifetime: 2, pushTokenLifetime: 15 })).toBe(seconds);
  });

  it('falls back to the one for all', () => {
    const none = { tokenLifetime: 5, pullTokenLifetime: null, pushTokenLifetime: null };
    expect(lifetimeOf([repository('pull')], none)).toBe(300);
    expect(lifetimeOf([repository('push')], { ...none, pullTokenLifetime: 1 })).toBe(300);
    expect(lifetimeOf([repository('pull')], { ...none, pushTokenLifetime: 15 })).toBe(300);
  });
});
