import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, isBuilt, pageFiles, programsFingerprint, sourceFiles } from './build.mjs';
import { missingPackages } from './install.mjs';
import { programFile, PROGRAMS } from './programs.mjs';

describe(missingPackages, () => {
  const lock = {
    packages: {
      '': { version: '1.0.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    },
  };
  const installed = (packages) => ({ packages });

  it.each([
    ['nothing is installed', undefined, ['everything']],
    ['all is there', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } }, []],
    ['an optional package is absent', { 'node_modules/a': { version: '1.0.0' } }, []],
    ['a package is absent', {}, ['node_modules/a']],
    ['the lock asks for another version', { 'node_modules/a': { version: '0.9.0' } }, ['node_modules/a']],
    [
      'an optional package is old',
      { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } },
      ['node_modules/b'],
    ],
  ])('when %s', (_, packages, missing) => {
    expect(missingPackages(lock, packages && installed(packages))).toEqual(missing);
  });
});

describe(fingerprint, () => {
  let root;
  const write = (file, text) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const now = () => fingerprint(root, sourceFiles(root));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'portus-tree-'));
    for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) write(file, '{}');
    write('libs/a/src/a.ts', 'export const a = 1;');
    for (const name of ['bundle', 'programs']) write(`scripts/lib/${name}.mjs`, '');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('stays when only a date changes, or a test', () => {
    const before = now();
    utimesSync(join(root, 'libs/a/src/a.ts'), 1, 1);
    write('libs/a/src/a.spec.ts', '');
    expect(now()).toBe(before);
  });

  it.each([
    ['a text changes', () => write('libs/a/src/a.ts', 'export const a = 2;')],
    ['a file comes', () => write('apps/api/src/b.ts', '')],
    ['a file moves', () => (rmSync(join(root, 'libs/a/src/a.ts')), write('libs/a/src/c.ts', 'export const a = 1;'))],
    ['a setting of the compiler changes', () => write('tsconfig.json', '{"x":1}')],
  ])('changes when %s', (_, change) => {
    const before = now();
    change();
    expect(now()).not.toBe(before);
  });

  it.each(['bundle', 'programs'])('changes for the programs when scripts/lib/%s.mjs does', (name) => {
    const before = programsFingerprint(root, sourceFiles(root));
    write(`scripts/lib/${name}.mjs`, 'changed');
    expect(programsFingerprint(root, sourceFiles(root))).not.toBe(before);
  });

  it('counts a tree as built only while every output is there', () => {
    write('dist/.built-from', programsFingerprint(root, sourceFiles(root)));
    expect(isBuilt(root)).toBe(false);
    write('dist/libs/a/src/a.js', '');
    expect(isBuilt(root)).toBe(false);
    for (const name of PROGRAMS) write(programFile(name), '');
    expect(isBuilt(root)).toBe(false);
    write('dist/apps/web/.built-from', fingerprint(root, pageFiles(root)));
    expect(isBuilt(root)).toBe(false);
    write('dist/apps/web/public/index.html', '');
    expect(isBuilt(root)).toBe(true);
    write('apps/web/src/main.tsx', '');
    expect(isBuilt(root)).toBe(false);
  });
});
