import { describe, expect, it } from 'vitest';
import { redactUrl, RegistryError } from './errors.js';

describe(redactUrl.name, () => {
  it.each([
    ['user and password go', 'http://u:secret@r.test/v2/', 'http://r.test/v2/'],
    ['paging is shown', 'http://r.test/v2/_catalog?n=5&last=a%2Fb', 'http://r.test/v2/_catalog?n=5&last=a%2Fb'],
    ['a signature is not', 'https://s3.test/x?X-Sig=abc&n=1', 'https://s3.test/x?X-Sig=REDACTED&n=1'],
    ['a repeated one is not either', 'https://s3.test/x?a=1&a=2', 'https://s3.test/x?a=REDACTED'],
    ['a fragment goes', 'http://r.test/v2/#token', 'http://r.test/v2/'],
    ['nonsense is not repeated', 'not a url with secret', '(not a URL)'],
  ])('%s', (_, url, expected) => {
    expect(redactUrl(url)).toBe(expected);
  });
});

describe(RegistryError.name, () => {
  it('is permanent and without status unless it is told otherwise', () => {
    const error = new RegistryError('BAD_ANSWER', { message: 'm', url: 'http://u:p@r.test/' });
    expect(error).toMatchObject({ status: null, temporary: false, url: 'http://r.test/', diagnostics: [] });
    expect(error.cause).toBeUndefined();
  });
});
