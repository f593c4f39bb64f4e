import { describe, expect, it } from 'vitest';
import { nextPage, parseLinks } from './links.js';

const ASKED = new URL('http://registry.test:5000/v2/_catalog?n=2');
const CATALOG = 'http://registry.test:5000/v2/_catalog';

describe(nextPage.name, () => {
  it.each([
    ['a relative path', '</v2/_catalog?last=b%2Fc&n=2>; rel="next"', `${CATALOG}?last=b%2Fc&n=2`],
    ['a query alone', '<?last=b&n=2>; rel="next"', `${CATALOG}?last=b&n=2`],
    ['an absolute URL of the same origin', `<${CATALOG}?last=b>; rel="next"`, `${CATALOG}?last=b`],
    ['a relation without quotes', '</v2/_catalog?last=b>;rel=next', `${CATALOG}?last=b`],
    ['one of several relations', '</v2/_catalog?last=b>; rel="last NEXT"', `${CATALOG}?last=b`],
    [
      'the right one of several links',
      '</a>; rel="prev", </b?x=1,2>; title="a, b"; rel="next"',
      'http://registry.test:5000/b?x=1,2',
    ],
    ['a user is dropped', '<http://u:p@registry.test:5000/v2/_catalog?last=b>; rel="next"', `${CATALOG}?last=b`],
  ])('follows %s', (_, header, expected) => {
    expect(nextPage(header, ASKED)?.href).toBe(expected);
  });

  it.each([
    ['no header', undefined],
    ['other relations', '</x>; rel="prev"'],
    ['a link without relation', '</x>'],
  ])('sees the last page in %s', (_, header) => {
    expect(nextPage(header, ASKED)).toBeNull();
  });

  it.each([
    ['another host', '<http://evil.test:5000/v2/_catalog?last=b>; rel="next"'],
    ['another port', '<http://registry.test:5001/v2/_catalog?last=b>; rel="next"'],
    ['another scheme', '<https://registry.test:5000/v2/_catalog?last=b>; rel="next"'],
    ['another host without scheme', '<//evil.test/v2/_catalog>; rel="next"'],
    ['something that is no URL', '<http://[>; rel="next"'],
    ['an empty header', ''],
    ['text', 'next page please'],
    ['an open bracket', '</v2/_catalog?last=b; rel="next"'],
    ['rubbish behind the target', '</v2/_catalog> rel="next"'],
    ['rubbish behind the link', '</a>; rel="prev", and so on'],
  ])('does not take %s for the end of the list', (_, header) => {
    expect(() => nextPage(header, ASKED)).toThrow(expect.objectContaining({ code: 'BAD_LISTING', temporary: false }));
  });
});

describe(parseLinks.name, () => {
  it('takes the first of two relations', () => {
    expect(parseLinks('</a>; rel=prev; rel=next')).toEqual([{ target: '/a', relations: ['prev'] }]);
  });

  it('judges a long hostile header quickly', () => {
    expect(parseLinks(`</a>${';a'.repeat(8000)}"`)).toBeNull();
    expect(parseLinks(`</a>${' ;'.repeat(8000)}`)).toBeNull();
  });
});
