import { describe, expect, it } from 'vitest';
import { buildAnswer, buildErrorAnswer } from '../../../test/factories/answer.js';
import { redirectTarget } from './blobs.js';
import { readPing } from './ping.js';

const mark = { 'docker-distribution-api-version': 'registry/2.0' };
const html = { 'content-type': 'text/html' };

describe(readPing.name, () => {
  it.each([
    ['200 with the header', buildAnswer(200, {}, mark)],
    ['200 with an object, as OCI allows', buildAnswer(200, {})],
    ['401 with the header', buildAnswer(401, '', mark)],
    ['401 with a registry error', buildErrorAnswer(401, 'UNAUTHORIZED')],
  ])('finds a registry in %s', (_, answer) => {
    expect(readPing(answer)).toMatchObject({ reachable: true });
  });

  it('tells the version and the clock', () => {
    const answer = buildAnswer(200, {}, { ...mark, date: 'Sat, 21 Nov 2026 00:00:00 GMT' });
    const date = 'Sat, 21 Nov 2026 00:00:00 GMT';
    expect(readPing(answer)).toEqual({
      reachable: true,
      apiVersion: 'registry/2.0',
      dateHeader: date,
      service: null,
      realm: null,
    });
    expect(readPing(buildAnswer(200, {}))).toEqual({
      reachable: true,
      apiVersion: null,
      dateHeader: null,
      service: null,
      realm: null,
    });
  });

  it.each([
    ['Bearer realm="http://p.test/v2/token",service="registry.test:5000"', 'registry.test:5000'],
    ['Bearer realm="http://p.test/t?service=fake",service="real",scope="a:b:c"', 'real'],
    ['Basic realm="service=x"', null],
    ['Bearer realm="x",service=""', null],
    [`Bearer service="${'x'.repeat(600)}"`, null],
  ])('tells the service that %s asks for', (challenge, service) => {
    expect(readPing(buildAnswer(401, '', { ...mark, 'www-authenticate': challenge })).service).toBe(service);
  });

  it('tells the realm that it names', () => {
    const challenge = 'Bearer realm="http://p.test/t?service=fake",service="real",scope="a:b:c"';
    const answer = buildAnswer(401, '', { ...mark, 'www-authenticate': challenge });
    expect(readPing(answer).realm).toBe('http://p.test/t?service=fake');
  });

  it.each([
    ['a web page', buildAnswer(200, '<html>', html), 'NOT_A_REGISTRY'],
    ['a password-protected web page', buildAnswer(401, '<html>', html), 'NOT_A_REGISTRY'],
    [
      'a version 1 registry',
      buildAnswer(200, '', { 'docker-distribution-api-version': 'registry/1.0' }),
      'NOT_A_REGISTRY',
    ],
    ['a plain 404', buildAnswer(404, 'not found', { 'content-type': 'text/plain' }), 'NOT_A_REGISTRY'],
    ['a redirect', buildAnswer(301, '', { location: 'https://elsewhere.test/' }), 'NOT_A_REGISTRY'],
    ['a registry that denies', buildErrorAnswer(403, 'DENIED'), 'DENIED'],
  ])('refuses %s', (_, answer, code) => {
    expect(() => readPing(answer)).toThrow(expect.objectContaining({ code }));
  });
});

describe(redirectTarget.name, () => {
  it.each([
    ['https://s3.test/x?sig=1', 'https://s3.test/x?sig=1'],
    ['/other', 'http://registry.test/other'],
  ])('of %s is %s', (location, expected) => {
    expect(redirectTarget(buildAnswer(307, '', { location })).href).toBe(expected);
  });

  it.each(['', 'file:///etc/passwd', 'javascript:1', 'http://['])('refuses %j', (location) => {
    const read = (): URL => redirectTarget(buildAnswer(307, '', { location }));
    expect(read).toThrow(expect.objectContaining({ code: 'BAD_ANSWER' }));
  });
});
