import { describe, expect, it } from 'vitest';
import { places } from './list-places.js';

describe(places, () => {
  it('keeps the pages of lists that it knows, and drops what anybody may have written', () => {
    expect(places({ members: '3', tokens: 2, logins: 1, namespaces: 'x', browsers: -4, evil: 7 })).toEqual({
      members: 3,
      tokens: 2,
    });
  });
});
