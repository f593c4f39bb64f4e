import { describe, expect, it } from 'vitest';
import {
  isDigest,
  isNamespaceName,
  isRepositoryName,
  isTagName,
  joinRepositoryName,
  namespaceNameFor,
  splitRepositoryName,
} from './repository-name.js';

describe('names', () => {
  it.each([
    ['app', null, 'app'],
    ['team/app', 'team', 'app'],
    ['library/app', 'library', 'app'],
    ['team/a/b/c', 'team', 'a/b/c'],
  ])('splits %s at the first slash and joins it again, and adds nothing (trap 24)', (full, namespace, name) => {
    expect(splitRepositoryName(full)).toEqual({ namespace, name });
    expect(joinRepositoryName({ namespace, name })).toBe(full);
  });

  it('knows legal and illegal repository names', () => {
    for (const name of ['a', 'a.b', 'a_b', 'a__b', 'a---b', '0/1/2']) expect(isRepositoryName(name)).toBe(true);
    const bad = ['', 'A', '-a', 'a-', 'a..b', 'a___b', '/a', 'a/', 'a b', 'ä', 'a\n', 'a'.repeat(256)];
    for (const name of bad) expect(isRepositoryName(name)).toBe(false);
    expect(isNamespaceName('a/b')).toBe(false);
  });

  it('judges a long hostile name quickly', () => {
    expect(isRepositoryName('a-'.repeat(50_000))).toBe(false);
    expect(isRepositoryName(`${'a'.repeat(120)}${'-'.repeat(130)}`)).toBe(false);
  });

  it('knows tags and digests', () => {
    expect(isTagName('v1.0_x-2')).toBe(true);
    for (const tag of ['', '.a', '-a', 'a:b', 'a/b', 'a'.repeat(129)]) expect(isTagName(tag)).toBe(false);
    expect(isDigest(`sha256:${'0'.repeat(64)}`)).toBe(true);
    for (const digest of ['', 'sha256:abc', `sha256:${'G'.repeat(64)}`, 'nodigest'])
      expect(isDigest(digest)).toBe(false);
  });

  it.each([
    ['Alice', 'alice'],
    ['bob@example.com', 'bob_example_com'],
    ['__x--y__', 'x_y'],
    ['***', null],
  ])('makes a namespace name of user %s', (username, expected) => {
    expect(namespaceNameFor(username)).toBe(expected);
  });
});
