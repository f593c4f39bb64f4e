/** How a request for a token is written down in a table: everything that a client chooses, as it goes over the wire. */
export interface TokenAsk {
  method?: 'GET' | 'POST' | 'HEAD' | 'PUT' | 'DELETE' | 'OPTIONS' | 'PATCH';
  /** Raw, without `service`, which is added unless it is there. */
  query?: string;
  /** Raw form, with the same rule. */
  form?: string;
  /** `user:password`, sent as HTTP Basic in UTF-8. */
  basic?: string;
  headers?: Record<string, string>;
}

export interface TokenExpectation {
  /** Default 200. */
  status?: number;
  /** What the token grants, one entry for each resource, actions sorted. */
  grants?: string[];
  sub?: string;
  /** Code of the distribution spec. */
  code?: string;
}

/** One rule of the protocol, with a request that it decides. */
export type Rule = readonly [rule: string, ask: TokenAsk, expected: TokenExpectation];

/** The user of the tables. */
export const ALICE = 'alice:p:ä ss+wörd';
const FORM_ALICE = 'grant_type=password&username=alice&password=p%3A%C3%A4+ss%2Bw%C3%B6rd';
export const OWN = 'repository:alice/app';

/** Distribution token spec, "Requesting a Token": the GET form, and who is believed. */
export const GET_RULES: readonly Rule[] = [
  ['a login asks for no scope and gets an empty token', { basic: ALICE }, { grants: [], sub: 'alice' }],
  ['an empty scope is no scope', { query: 'scope=', basic: ALICE }, { grants: [] }],
  [
    'the realm may have a query of its own: unknown parameters are ignored',
    { query: `realm=x&foo[]=1&scope=${OWN}:pull`, basic: ALICE },
    { grants: [`${OWN}:pull`] },
  ],
  [
    'account is a hint only: sub is who was authenticated (trap 16)',
    { query: 'account=admin', basic: ALICE },
    { sub: 'alice' },
  ],
  ['account without credentials is anonymous', { query: `account=alice&scope=${OWN}:pull` }, { sub: '', grants: [] }],
  [
    'client_id and User-Agent give no rights (trap 16)',
    { query: `client_id=portus&scope=${OWN}:pull`, headers: { 'user-agent': 'portus' } },
    { sub: '', grants: [] },
  ],
  [
    'anonymous gets the public subset',
    { query: 'scope=repository:open/app:pull,push' },
    { sub: '', grants: ['repository:open/app:pull'] },
  ],
  [
    'a wrong password is 401, never anonymous',
    { query: 'scope=repository:open/app:pull', basic: 'alice:wrong' },
    { status: 401, code: 'UNAUTHORIZED' },
  ],
  [
    'a service that is not known is 400',
    { query: `service=other&scope=${OWN}:pull`, basic: ALICE },
    { status: 400, code: 'UNSUPPORTED' },
  ],
  [
    'a service is compared exactly, not as a URL (trap 17)',
    { query: 'service=http%3A%2F%2FSERVICE', basic: ALICE },
    { status: 400, code: 'UNSUPPORTED' },
  ],
  [
    'a service twice is the first one, not both',
    { query: 'service=other&service=SERVICE', basic: ALICE },
    { status: 400, code: 'UNSUPPORTED' },
  ],
  ['HEAD tells what GET would', { method: 'HEAD', query: `scope=${OWN}:pull`, basic: ALICE }, {}],
  ['HEAD refuses what GET would', { method: 'HEAD', basic: 'alice:wrong' }, { status: 401 }],
  ...(['PUT', 'DELETE', 'PATCH'] as const).map((method): Rule => [
    `${method} is no form of the protocol`,
    { method, basic: ALICE },
    { status: 405, code: 'UNSUPPORTED' },
  ]),
];

/** Distribution "OAuth2 Token Authentication": the POST form. */
export const POST_RULES: readonly Rule[] = [
  [
    'the password grant answers 200, not 201 (trap 7)',
    { form: `${FORM_ALICE}&scope=${OWN}:pull,push` },
    { grants: [`${OWN}:pull,push`], sub: 'alice' },
  ],
  [
    'scope is one string separated by spaces',
    { form: `${FORM_ALICE}&scope=${OWN}:pull+repository:open/app:pull` },
    { grants: [`${OWN}:pull`, 'repository:open/app:pull'] },
  ],
  [
    'scope may be repeated, as containers/image does (trap 8)',
    { form: `${FORM_ALICE}&scope=${OWN}:pull&scope=${OWN}:push` },
    { grants: [`${OWN}:pull,push`] },
  ],
  ['scope may be present and empty', { form: `${FORM_ALICE}&scope=` }, { grants: [] }],
  [
    'a charset of the media type changes nothing',
    {
      form: `${FORM_ALICE}&scope=${OWN}:pull`,
      headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' },
    },
    { grants: [`${OWN}:pull`] },
  ],
  [
    'the query of a POST is no form',
    { method: 'POST', query: `${FORM_ALICE}&scope=${OWN}:pull`, form: '' },
    { status: 400, code: 'UNSUPPORTED' },
  ],
  [
    'credentials of the form come before those of the header',
    { form: 'grant_type=password&username=alice&password=wrong', basic: ALICE },
    { status: 401, code: 'UNAUTHORIZED' },
  ],
  [
    'a password grant may carry its credentials as Basic',
    { form: `grant_type=password&scope=${OWN}:pull`, basic: ALICE },
    { grants: [`${OWN}:pull`], sub: 'alice' },
  ],
  [
    'a wrong password is 401, on which containerd falls back to GET',
    { form: 'grant_type=password&username=alice&password=x' },
    { status: 401, code: 'UNAUTHORIZED' },
  ],
  [
    'authorization_code is only reserved',
    { form: 'grant_type=authorization_code&code=x' },
    { status: 400, code: 'UNSUPPORTED' },
  ],
  [
    'a refresh token that nobody issued is 401',
    { form: `grant_type=refresh_token&refresh_token=ptr_${'x'.repeat(43)}` },
    { status: 401, code: 'UNAUTHORIZED' },
  ],
  [
    'a password is no refresh token',
    { form: 'grant_type=refresh_token&refresh_token=p%3A%C3%A4+ss%2Bw%C3%B6rd', basic: ALICE },
    { status: 401, code: 'UNAUTHORIZED' },
  ],
  [
    'JSON is not the form (trap 8)',
    { method: 'POST', form: '{"grant_type":"password"}', headers: { 'content-type': 'application/json' } },
    { status: 415, code: 'UNSUPPORTED' },
  ],
];

/** How HTTP Basic is read (trap 15). A header that is not understood is never taken for anonymous. */
export const BASIC_RULES: readonly Rule[] = [
  ['split at the first colon only, in UTF-8', { basic: ALICE }, { sub: 'alice' }],
  ['the scheme is written in any case', { headers: { authorization: `bAsIc ${base64(ALICE)}` } }, { sub: 'alice' }],
  [
    'padding may be missing',
    { headers: { authorization: `Basic ${base64(ALICE).replace(/=+$/, '')}` } },
    { sub: 'alice' },
  ],
  ['a name in other case is the same user', { basic: ALICE.replace('alice', 'Alice') }, { sub: 'alice' }],
  ['a password in other case is another one', { basic: ALICE.toUpperCase() }, { status: 401, code: 'UNAUTHORIZED' }],
  ['the password is not cut at a second colon', { basic: 'alice:p' }, { status: 401, code: 'UNAUTHORIZED' }],
  [
    'a password in Latin-1 is not the one in UTF-8',
    { headers: { authorization: `Basic ${Buffer.from(ALICE, 'latin1').toString('base64')}` } },
    { status: 401, code: 'UNAUTHORIZED' },
  ],
  ['spaces around the name belong to it', { basic: ` ${ALICE}` }, { status: 401, code: 'UNAUTHORIZED' }],
  [
    'a name may look like an address or a variable',
    { basic: '$alice+x@example.test:x' },
    { status: 401, code: 'UNAUTHORIZED' },
  ],
  ['no colon', { headers: { authorization: `Basic ${base64('alice')}` } }, { status: 401, code: 'UNAUTHORIZED' }],
  ['no name', { headers: { authorization: `Basic ${base64(':x')}` } }, { status: 401, code: 'UNAUTHORIZED' }],
  [
    'two schemes in one header',
    { headers: { authorization: `Basic ${base64(ALICE)}, Bearer x` } },
    { status: 401, code: 'UNAUTHORIZED' },
  ],
  ['Bearer is not Basic', { headers: { authorization: 'Bearer abc' } }, { status: 401, code: 'UNAUTHORIZED' }],
];

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
