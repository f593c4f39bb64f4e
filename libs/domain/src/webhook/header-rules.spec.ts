import { describe, expect, it } from 'vitest';
import { headerNameProblem, headerValueProblem } from './header-rules.js';

describe(headerNameProblem.name, () => {
  it.each(['X-Token', 'Authorization', 'cookie', "x-!#$%&'*+.^_`|~1"])('allows %s', (name) => {
    expect(headerNameProblem(name)).toBeNull();
  });

  it.each([
    'Host',
    'CONTENT-LENGTH',
    'Transfer-Encoding',
    'connection',
    'Upgrade',
    'Expect',
    'X-Portus-Signature',
    'x-portus-anything',
    'Proxy-Authorization',
  ])('refuses %s', (name) => expect(headerNameProblem(name)).toMatch(/Portus|connection/));

  it.each(['', 'a b', 'a:b', 'a\r\nb', 'ä', 'a'.repeat(129)])('%j is no name', (name) => {
    expect(headerNameProblem(name)).toBe('is not the name of a header');
  });
});

describe(headerValueProblem.name, () => {
  it.each(['x', 'Bearer abc', 'a\tb'])('allows %j', (value) => expect(headerValueProblem(value)).toBeNull());
  it.each(['', ' ', 'a ', 'a\r\nX-Evil: 1', 'a\0', 'ä', 'a'.repeat(4_097)])('refuses %j', (value) => {
    expect(headerValueProblem(value)).not.toBeNull();
  });
});
