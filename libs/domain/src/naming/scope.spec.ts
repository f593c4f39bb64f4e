import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatScope, isRepositoryScope, MAX_SCOPES, parseScope, parseScopes } from './scope.js';

describe(parseScope.name, () => {
  it.each([
    ['repository:team/app:pull,push', { type: 'repository', name: 'team/app', actions: ['pull', 'push'] }],
    ['repository:app:*', { type: 'repository', name: 'app', actions: ['*'] }],
    ['repository(plugin):a/b:pull', { type: 'repository', name: 'a/b', actions: ['pull'] }],
    ['repository:host:5000/x:pull', { type: 'repository', name: 'host:5000/x', actions: ['pull'] }],
    ['repository:a/b/c/d:push,push,pull', { type: 'repository', name: 'a/b/c/d', actions: ['push', 'pull'] }],
    ['registry:catalog:*', { type: 'registry', name: 'catalog', actions: ['*'] }],
    ['repository:app:', { type: 'repository', name: 'app', actions: [] }],
    ['repository:app:PULL,pu sh', { type: 'repository', name: 'app', actions: [] }],
  ])('reads %s', (text, scope) => {
    expect(parseScope(text)).toEqual(scope);
  });

  it.each([
    '',
    'repository',
    'repository:app',
    ':app:pull',
    'repository::pull',
    'REPOSITORY:app:pull',
    'x'.repeat(2000),
  ])('refuses %j', (text) => {
    expect(parseScope(text)).toBeNull();
  });

  it('reads back what formatScope wrote', () => {
    const name = fc.stringMatching(/^[a-z0-9]+(?:[._/:-][a-z0-9]+){0,6}$/).filter((text) => text.length < 200);
    const actions = fc.uniqueArray(fc.constantFrom('pull', 'push', 'delete', '*'), { minLength: 1 });
    fc.assert(
      fc.property(fc.constantFrom('repository', 'registry'), name, actions, (type, name, actions) => {
        expect(parseScope(formatScope({ type, name, actions }))).toEqual({ type, name, actions });
      }),
    );
  });
});

describe(parseScopes.name, () => {
  it('takes repeated values, space-separated values, and mixtures', () => {
    const one = parseScopes(['repository:a:pull repository:b:push', 'repository:c:pull']);
    expect(one.map((scope) => scope.name)).toEqual(['a', 'b', 'c']);
  });

  it('merges the same resource and keeps good scopes beside malformed ones', () => {
    const scopes = parseScopes(['repository:a:pull', 'nonsense', 'repository:a:push,pull']);
    expect(scopes).toEqual([{ type: 'repository', name: 'a', actions: ['pull', 'push'] }]);
  });

  it('finds a known action behind any number of unknown ones, and keeps few of those', () => {
    const noise = Array.from({ length: 300 }, (_, i) => `x${'y'.repeat(i)}`);
    for (const values of [
      [`repository:a:${noise.join(',').slice(0, 900)},pull`],
      [...noise, 'pull'].map((one) => `repository:a:${one}`),
    ]) {
      const [scope] = parseScopes(values);
      expect(scope!.actions).toContain('pull');
      expect(scope!.actions.length).toBeLessThan(25);
    }
  });

  it('reads a bounded number of scopes', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `repository:r${i}:pull`).join(' ');
    expect(parseScopes([many])).toHaveLength(MAX_SCOPES);
  });
});

describe(isRepositoryScope.name, () => {
  it.each([
    ['a__b', true],
    ['a--b/c', true],
    ['a/b/c/d', true],
    ['host:5000/x', false],
    ['Upper/x', false],
    ['a//b', false],
    ['a_-b', false],
    ['../etc', false],
  ])('of %s is %s', (name, expected) => {
    expect(isRepositoryScope({ type: 'repository', name, actions: [] })).toBe(expected);
  });
});
