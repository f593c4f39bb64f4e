/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { de } from './de/de.js';
import { en } from './en/en.js';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));
/** What browsers show, or read out, of an element beside its contents. */
const SHOWN = new Set(['title', 'label', 'aria-label', 'placeholder', 'description', 'alt', 'text', 'empty', 'act']);
/** Names and examples of what people type, the same in every language. */
const UNTRANSLATED = new Set(['Portus', 'team/image']);
/** One of them is chosen by a number. */
const PLURALS = /_(zero|one|two|few|many|other)$/;

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));

/** Words that stand in the elements of a file. */
function wordsIn(file: string): string[] {
  const text = readFileSync(`${SOURCES}${file}`, 'utf8');
  const found: string[] = [];
  const note = (words: string) => {
    if (/\p{L}{2}/u.test(words) && !UNTRANSLATED.has(words.trim())) found.push(words.trim());
  };
  const look = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node.text);
    if (ts.isJsxAttribute(node) && SHOWN.has(node.name.getText()) && node.initializer) {
      const { initializer } = node;
      const value = ts.isJsxExpression(initializer) ? initializer.expression : initializer;
      if (value && ts.isStringLiteralLike(value)) note(value.text);
    }
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

/** Every text of a catalogue, by its path. */
function leaves(catalogue: object, path = ''): [path: string, text: string][] {
  return Object.entries(catalogue).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${name}`, value]] : leaves(value as object, `${path}${name}.`),
  );
}

/** The groups that a text is in, from which one is chosen at run time: `t(`roles.${role}`)`. */
function groupsOf(name: string): string[] {
  return [...name.matchAll(/\./g)].map(({ index }) => name.slice(0, index + 1));
}

/** What a text is filled with: `{{name}}`. */
const filledWith = (text: string) => (text.match(/\{\{[^}]+\}\}/g) ?? []).toSorted();

describe('the catalogue', () => {
  it('holds all that pages say', () => {
    expect(files.length).toBeGreaterThan(80);
    const elsewhere = files.map((file) => [file, wordsIn(file)] as const).filter(([, words]) => words.length > 0);
    expect(Object.fromEntries(elsewhere)).toEqual({});
  });

  it('has no text that nothing says', () => {
    const all = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
    const code = all.filter((file) => /\.tsx?$/.test(file) && !file.startsWith('texts/'));
    const said = code.map((file) => readFileSync(`${SOURCES}${file}`, 'utf8')).join('\n');
    const unsaid = leaves(en).filter(([path]) => {
      const name = path.replace(PLURALS, '');
      return !said.includes(`'${name}'`) && !groupsOf(name).some((group) => said.includes(`\`${group}\${`));
    });
    expect(unsaid.map(([path]) => path)).toEqual([]);
  });

  it('is filled with the same in the second language, which is another one', () => {
    const [english, german] = [new Map(leaves(en)), leaves(de)];
    for (const [path, text] of german) expect(filledWith(text), path).toEqual(filledWith(english.get(path) ?? ''));
    const same = german.filter(([path, text]) => english.get(path) === text);
    expect(same.length).toBeLessThan(german.length / 10);
  });
});
