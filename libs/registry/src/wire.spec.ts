import { describe, expect, it } from 'vitest';
import { buildAnswer, buildErrorAnswer } from '../../../test/factories/answer.js';
import {
  absenceCode,
  answerError,
  checkReference,
  endpoint,
  mediaTypeOf,
  parseErrorBody,
  parseRetryAfter,
  repositoryPath,
  sha256Digest,
} from './wire.js';

const BASE = new URL('http://registry.test:5000/');
const DIGEST = `sha256:${'0'.repeat(64)}`;

describe(parseErrorBody.name, () => {
  it('reads codes and messages, and ignores details of any shape', () => {
    const errors = [
      { code: 'NAME_UNKNOWN', message: 'no', detail: { name: 'x' } },
      { code: 'DENIED', message: 7, detail: [1] },
    ];
    expect(parseErrorBody(buildAnswer(404, { errors }))).toEqual([
      { code: 'NAME_UNKNOWN', message: 'no' },
      { code: 'DENIED', message: '' },
    ]);
  });

  it('makes a message fit for a log', () => {
    const [diagnostic] = parseErrorBody(buildErrorAnswer(500, 'UNKNOWN', `a\n\u001b[31m${'x'.repeat(9000)}`));
    expect(diagnostic?.message).toMatch(/^a {2}\[31mx+$/);
    expect(diagnostic?.message.length).toBeLessThanOrEqual(500);
  });

  const good = { errors: [{ code: 'NAME_UNKNOWN', message: '' }] };
  it.each([
    ['HTML', buildAnswer(404, '<html>', { 'content-type': 'text/html' })],
    ['plain text', buildAnswer(404, '404 page not found\n', { 'content-type': 'text/plain' })],
    ['JSON that is declared as HTML', buildAnswer(404, good, { 'content-type': 'text/html' })],
    ['JSON without a type', buildAnswer(404, JSON.stringify(good))],
    ['a body that was cut', buildAnswer(404, '{"errors":[{"code":"NAME_UN', { 'content-type': 'application/json' })],
    ['no list', buildAnswer(404, { errors: { code: 'NAME_UNKNOWN' } })],
    ['a list at the top', buildAnswer(404, [good])],
    ['null', buildAnswer(404, null)],
    ['a code that is no code', buildAnswer(404, { errors: [{ code: 'name unknown' }] })],
    ['an empty body', buildAnswer(404, '', { 'content-type': 'application/json' })],
  ])('finds no registry error in %s', (_, answer) => {
    expect(parseErrorBody(answer)).toEqual([]);
  });
});

describe(absenceCode.name, () => {
  const codes = ['MANIFEST_UNKNOWN', 'NAME_UNKNOWN'] as const;
  it.each([
    [404, 'NAME_UNKNOWN', 'NAME_UNKNOWN'],
    [404, 'MANIFEST_UNKNOWN', 'MANIFEST_UNKNOWN'],
    [404, 'BLOB_UNKNOWN', null],
    [404, 'UNAUTHORIZED', null],
    [400, 'NAME_UNKNOWN', null],
    [500, 'NAME_UNKNOWN', null],
    [200, 'NAME_UNKNOWN', null],
  ])('of a %i with %s is %s', (status, code, expected) => {
    expect(absenceCode(buildErrorAnswer(status, code), codes)).toBe(expected);
  });

  it('looks at the first error only, which the status belongs to', () => {
    const errors = [{ code: 'DENIED' }, { code: 'NAME_UNKNOWN' }];
    expect(absenceCode(buildAnswer(404, { errors }), codes)).toBeNull();
  });
});

describe(answerError.name, () => {
  it.each([
    [401, false],
    [403, false],
    [404, false],
    [429, true],
    [500, true],
    [501, false],
    [502, true],
    [503, true],
    [504, true],
  ])('calls %i temporary: %s', (status, temporary) => {
    expect(answerError(buildErrorAnswer(status, 'DENIED'))).toMatchObject({ status, temporary, code: 'DENIED' });
  });

  it('has a code of its own where the registry gave none', () => {
    const error = answerError(buildAnswer(502, '<html>secret page</html>', { 'content-type': 'text/html' }));
    expect(error).toMatchObject({ code: 'HTTP_ERROR', diagnostics: [] });
    expect(error.message).not.toContain('secret page');
  });
});

describe(parseRetryAfter.name, () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [undefined, null],
    ['5', 5000],
    ['0', 0],
    ['-5', null],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', null],
  ])('of %s is %s', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

describe(endpoint.name, () => {
  it.each([
    ['elements are joined', BASE, ['team', 'app', 'tags', 'list'], 'http://registry.test:5000/v2/team/app/tags/list'],
    ['a slash inside one is data', BASE, ['a/../b'], 'http://registry.test:5000/v2/a%2F..%2Fb'],
    ['a digest keeps its colon', BASE, ['x', DIGEST], `http://registry.test:5000/v2/x/${DIGEST}`],
    ['a question mark is data', BASE, ['x?y#z'], 'http://registry.test:5000/v2/x%3Fy%23z'],
    ['a prefix is kept', new URL('https://r.test/sub/'), ['x'], 'https://r.test/sub/v2/x'],
  ])('%s (trap 42)', (_, base, elements, expected) => {
    expect(endpoint(base, elements).href).toBe(expected);
  });

  it('encodes query values', () => {
    expect(endpoint(BASE, ['_catalog'], { last: 'a/b&c', n: '5' }).search).toBe('?last=a%2Fb%26c&n=5');
  });
});

describe('names on their way into a URL', () => {
  it.each(['', 'A', '..', 'a/../b', 'a//b', 'host:5000/x', 'a?b', 'a%2fb'])('refuses repository %j', (name) => {
    expect(() => repositoryPath(BASE, name)).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  });

  it.each(['', '.', '..', 'a/b', 'sha256:abc', `sha512:${'0'.repeat(128)}`, 'a b'])('refuses %j', (reference) => {
    expect(() => checkReference(BASE, reference)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }));
  });

  it.each(['latest', '1.0', DIGEST])('takes reference %s', (reference) => {
    expect(() => checkReference(BASE, reference)).not.toThrow();
  });
});

describe('content', () => {
  it('has the digest of its raw bytes', () => {
    const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(sha256Digest(Buffer.alloc(0))).toBe(empty);
  });

  it('has a type without parameters', () => {
    expect(mediaTypeOf(buildAnswer(200, '', { 'content-type': 'Application/JSON; charset=utf-8' }))).toBe(
      'application/json',
    );
    expect(mediaTypeOf(buildAnswer(200))).toBe('');
  });
});
