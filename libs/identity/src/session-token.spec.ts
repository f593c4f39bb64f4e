import { describe, expect, it } from 'vitest';
import { csrfTokenOf, hashSessionToken, isCsrfTokenOf, newSessionToken, sessionTokenOf } from './session-token.js';

const token = newSessionToken();

describe(sessionTokenOf.name, () => {
  it.each([[`portus_session=${token}`], [`a=b; portus_session=${token}`], [`a=b;portus_session=${token}; c=d`]])(
    'finds the token in %s',
    (header) => {
      expect(sessionTokenOf(header, false)).toBe(token);
      const host = header.replace('portus_session', '__Host-portus_session');
      expect(sessionTokenOf(host, true)).toBe(token);
      expect([sessionTokenOf(header, true), sessionTokenOf(host, false)]).toEqual([null, null]);
    },
  );

  it.each([
    [undefined],
    [''],
    [`xportus_session=${token}`],
    [`portus_session=${token}x`],
    [`portus_session=${token.slice(1)}`],
    ['portus_session='],
    [`${'x'.repeat(9_000)}; portus_session=${token}`],
  ])('finds none in %s', (header) => {
    expect(sessionTokenOf(header, false)).toBeNull();
    expect(sessionTokenOf(header, true)).toBeNull();
  });
});

describe(isCsrfTokenOf.name, () => {
  it('knows its own, and no other', () => {
    expect(isCsrfTokenOf(token, csrfTokenOf(token))).toBe(true);
    for (const other of [undefined, '', ['x'], csrfTokenOf(newSessionToken()), `${csrfTokenOf(token)}x`, token]) {
      expect(isCsrfTokenOf(token, other)).toBe(false);
    }
  });

  it('gives away neither the token nor what is stored of it', () => {
    expect(csrfTokenOf(token)).not.toBe(hashSessionToken(token).toString('base64url'));
  });
});
