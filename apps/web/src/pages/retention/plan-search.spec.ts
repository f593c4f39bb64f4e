import { describe, expect, it } from 'vitest';
import { planSearch } from './plan-search.js';

describe(planSearch, () => {
  it('reads where somebody stands', () => {
    const search = { plan: true, after: 7, afterTag: 'v1.2', drops: true };
    expect(planSearch(search)).toEqual(search);
    expect(planSearch({ plan: 'true', after: '7', drops: 'true' })).toEqual({ plan: true, after: 7, drops: true });
  });

  it.each([{ after: 0 }, { after: 2 ** 31 }, { after: 'x' }, { afterTag: '../x' }, { afterTag: 7 }, { plan: 1 }])(
    'takes nothing from %j',
    (search) => {
      expect(planSearch(search)).toEqual({});
    },
  );
});
