import { describe, expect, it } from 'vitest';
import { parseGetTokenRequest, parsePostTokenRequest } from './token-request.js';

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const origin = { address: '192.0.2.1', requestId: 'r1' };
const get = (query: string, authorization?: string) =>
  parseGetTokenRequest(new URLSearchParams(query), { ...origin, authorization });
const post = (form: string, authorization?: string) =>
  parsePostTokenRequest(new URLSearchParams(form), { ...origin, authorization });
const names = (request: { scopes: { name: string }[] }) => request.scopes.map((scope) => scope.name);

describe(parseGetTokenRequest.name, () => {
  it('reads what docker sends at a login: no scope, an account that is only a hint', () => {
    const request = get('account=mallory&client_id=docker&offline_token=true&service=r.test:5000', basic('alice:a:b'));
    expect(request).toEqual({
      service: 'r.test:5000',
      scopes: [],
      credentials: { username: 'alice', password: 'a:b' },
      refreshToken: null,
      offline: true,
      clientId: 'docker',
      address: '192.0.2.1',
      requestId: 'r1',
    });
  });

  it.each([
    ['repeated', 'service=s&scope=repository:a:pull&scope=repository:b:push'],
    ['separated by a space', 'service=s&scope=repository:a:pull repository:b:push'],
    ['encoded by %20, %3A and %2C', 'service=s&scope=repository%3Aa%3Apull%2Cpush%20repository%3Ab%3Apull'],
    ['encoded by +', 'service=s&scope=repository:a:pull+repository:b:push'],
  ])('takes scopes that are %s', (_, query) => {
    expect(names(get(query))).toEqual(['a', 'b']);
  });

  it('is anonymous without a header, and never with one that is not understood', () => {
    expect(get('service=s').credentials).toBeNull();
    for (const header of ['Bearer x', 'Basic', 'Basic %%%', basic('nocolon')]) {
      expect(() => get('service=s', header)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    }
  });

  it.each(['', 'service=', `service=${'x'.repeat(600)}`, 'service=a%00b'])('refuses the service of %j', (query) => {
    expect(() => get(query)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});

describe(parsePostTokenRequest.name, () => {
  it('reads the password grant', () => {
    const request = post(
      'grant_type=password&username=alice&password=p%3Aw&service=s&scope=repository:a:pull&client_id=x',
    );
    expect(request.credentials).toEqual({ username: 'alice', password: 'p:w' });
    expect(names(request)).toEqual(['a']);
  });

  it('reads the refresh grant, and that a client wants a refresh token', () => {
    const token = `ptr_${'x'.repeat(43)}`;
    expect(post(`grant_type=refresh_token&refresh_token=${token}&service=s`)).toMatchObject({
      refreshToken: token,
      credentials: null,
    });
    expect(post('grant_type=password&username=a&password=b&service=s&access_type=offline').offline).toBe(true);
    expect(post('grant_type=password&username=a&password=b&service=s').offline).toBe(false);
  });

  it('takes repeated scopes and an empty one', () => {
    const form = 'grant_type=password&username=a&password=b&service=s';
    expect(names(post(`${form}&scope=repository:a:pull&scope=repository:b:pull`))).toEqual(['a', 'b']);
    expect(names(post(`${form}&scope=`))).toEqual([]);
  });

  it.each([
    ['no grant', 'service=s', 'bad_request'],
    ['an unknown grant', 'grant_type=authorization_code&service=s', 'bad_request'],
    ['a password grant without user', 'grant_type=password&service=s', 'bad_request'],
    ['a refresh token that nobody issued', 'grant_type=refresh_token&refresh_token=x&service=s', 'unauthenticated'],
    ['NUL in the password', 'grant_type=password&username=a&password=%00&service=s', 'unauthenticated'],
    ['no service', 'grant_type=password&username=a&password=b', 'bad_request'],
  ])('refuses %s', (_, form, code) => {
    expect(() => post(form)).toThrow(expect.objectContaining({ code }));
  });
});
