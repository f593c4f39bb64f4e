import { describe, expect, it } from 'vitest';
import { findingFilter, tagSearch } from './tag-search.js';

describe(tagSearch, () => {
  it('keeps what it knows, and drops what anybody may have written', () => {
    expect(
      tagSearch({ tab: 'vulnerabilities', severity: 'high', fixable: true, package: ' musl ', page: 2, evil: 'x' }),
    ).toEqual({ tab: 'vulnerabilities', severity: 'high', fixable: 'true', package: 'musl', page: 2 });
    expect(tagSearch({ tab: 'x', severity: 'dreadful', fixable: 'maybe', package: 7, scanner: ' ' })).toEqual({});
  });
});

describe(findingFilter, () => {
  it('is what the findings are filtered by, and nothing else', () => {
    expect(findingFilter({ tab: 'vulnerabilities', page: 2, platform: 'x', scanner: 'trivy' })).toEqual({
      scanner: 'trivy',
    });
  });
});
