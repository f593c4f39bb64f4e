import { describe, expect, it } from 'vitest';
import { buildAnswer, buildErrorAnswer } from '../../../test/factories/answer.js';
import { readCatalogPage } from './catalog.js';
import { readTagPage } from './tags.js';

const next = new URL('http://registry.test/v2/_catalog?n=2&last=b');
const html = buildAnswer(200, '<html>', { 'content-type': 'text/html' });

describe(readCatalogPage.name, () => {
  it.each([
    ['a last page', { repositories: ['a', 'b/c'] }, null, { repositories: ['a', 'b/c'], next: null, invalid: [] }],
    ['where it goes on', { repositories: ['a', 'b'] }, next, { repositories: ['a', 'b'], next: 'b', invalid: [] }],
    ['null as no entries', { repositories: null }, null, { repositories: [], next: null, invalid: [] }],
    ['each name once', { repositories: ['a', 'a'] }, null, { repositories: ['a'], next: null, invalid: [] }],
    [
      'illegal names apart',
      { repositories: ['A', 'ok', '../etc', '', 'x'.repeat(300)] },
      null,
      { repositories: ['ok'], next: null, invalid: ['A', '../etc', '', 'x'.repeat(300)] },
    ],
  ])('reads %s', (_, body, link, expected) => {
    expect(readCatalogPage(buildAnswer(200, body), link)).toEqual(expected);
  });

  it('continues behind its last name when the link does not say where', () => {
    const opaque = new URL('http://registry.test/v2/_catalog?cursor=xyz');
    expect(readCatalogPage(buildAnswer(200, { repositories: ['a', 'b'] }), opaque).next).toBe('b');
    expect(() => readCatalogPage(buildAnswer(200, { repositories: [] }), opaque)).toThrow('not from where');
  });
});

describe(readTagPage.name, () => {
  it.each([
    ['tags', { name: 'team/app', tags: ['v1', 'V2'] }, { state: 'listed', tags: ['v1', 'V2'], invalid: [] }],
    ['null as no tags', { name: 'team/app', tags: null }, { state: 'listed', tags: [], invalid: [] }],
    ['an empty list', { name: 'team/app', tags: [] }, { state: 'listed', tags: [], invalid: [] }],
    ['tags without the name', { tags: ['v1'] }, { state: 'listed', tags: ['v1'], invalid: [] }],
    ['illegal tags apart', { tags: ['v1', 'a b', '.x'] }, { state: 'listed', tags: ['v1'], invalid: ['a b', '.x'] }],
  ])('reads %s', (_, body, expected) => {
    expect(readTagPage(buildAnswer(200, body), 'team/app')).toEqual(expected);
  });

  it('takes only NAME_UNKNOWN for absence', () => {
    expect(readTagPage(buildErrorAnswer(404, 'NAME_UNKNOWN'), 'team/app')).toEqual({
      state: 'absent',
      code: 'NAME_UNKNOWN',
    });
    for (const code of ['MANIFEST_UNKNOWN', 'UNKNOWN', 'NOT_FOUND']) {
      expect(() => readTagPage(buildErrorAnswer(404, code), 'team/app')).toThrow(expect.objectContaining({ code }));
    }
  });

  it('refuses the tags of another repository', () => {
    const answer = buildAnswer(200, { name: 'team/other', tags: [] });
    expect(() => readTagPage(answer, 'team/app')).toThrow(expect.objectContaining({ code: 'BAD_LISTING' }));
  });
});

describe.each([
  ['catalog', (body: ReturnType<typeof buildAnswer>) => readCatalogPage(body, null)],
  ['tag list', (body: ReturnType<typeof buildAnswer>) => readTagPage(body, 'team/app')],
])('a %s', (_, read) => {
  it.each([
    ['HTML', html],
    ['a missing list', buildAnswer(200, {})],
    ['a list at the top', buildAnswer(200, ['a'])],
    ['an object for a list', buildAnswer(200, { repositories: {}, tags: {} })],
    ['a text for a list', buildAnswer(200, { repositories: 'a', tags: 'a' })],
    ['entries that are no names', buildAnswer(200, { repositories: ['a', 1], tags: ['a', null] })],
    ['half a body', buildAnswer(200, '{"repositories":["a"],"tags":["a"', { 'content-type': 'application/json' })],
    ['nothing', buildAnswer(200, '', { 'content-type': 'application/json' })],
  ])('is not empty because of %s (trap 39)', (_, answer) => {
    expect(() => read(answer)).toThrow(expect.objectContaining({ code: 'BAD_LISTING', status: 200 }));
  });

  it.each([
    [buildAnswer(404, '404 page not found\n', { 'content-type': 'text/plain' }), 'HTTP_ERROR'],
    [buildAnswer(404, '<html>', { 'content-type': 'text/html' }), 'HTTP_ERROR'],
    [buildErrorAnswer(403, 'DENIED'), 'DENIED'],
    [buildAnswer(204), 'HTTP_ERROR'],
    [buildAnswer(301, '', { location: '/elsewhere' }), 'HTTP_ERROR'],
  ])('is not read from a refusal', (answer, code) => {
    expect(() => read(answer)).toThrow(expect.objectContaining({ code, status: answer.status }));
  });
});
