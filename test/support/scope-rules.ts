import { ALICE, OWN, type Rule, type TokenAsk } from './protocol-rules.js';

/** Token scope grammar, and what is granted of it. */
export const SCOPE_RULES: readonly Rule[] = [
  [
    'scopes may be repeated',
    { query: `scope=${OWN}:pull&scope=repository:open/app:pull` },
    { grants: [`${OWN}:pull`, 'repository:open/app:pull'] },
  ],
  [
    'scopes may be separated by spaces in one value',
    { query: `scope=${OWN}:pull%20repository:open/app:pull` },
    { grants: [`${OWN}:pull`, 'repository:open/app:pull'] },
  ],
  [
    'white space is split after decoding, + and %20 alike (trap 9)',
    { query: `scope=${OWN}:pull+repository:open/app:pull` },
    { grants: [`${OWN}:pull`, 'repository:open/app:pull'] },
  ],
  [
    'everything is decoded once (trap 9)',
    { query: 'scope=repository%3Aalice%2Fapp%3Apull%2Cpush' },
    { grants: [`${OWN}:pull,push`] },
  ],
  ['nothing is decoded twice (trap 42)', { query: 'scope=repository%3Aalice%252Fapp%3Apull' }, { grants: [] }],
  [
    'order and repetition of actions mean nothing (trap 45)',
    { query: `scope=${OWN}:push,pull,push` },
    { grants: [`${OWN}:pull,push`] },
  ],
  [
    'a partly allowed scope is 200 with the intersection (trap 12)',
    { query: 'scope=repository:crew/app:push,pull' },
    { grants: ['repository:crew/app:pull'] },
  ],
  [
    'nothing allowed is 200 with nothing (trap 12)',
    { query: 'scope=repository:foreign/app:push,pull' },
    { grants: [] },
  ],
  [
    'an unknown type is granted nothing and spoils nothing',
    { query: `scope=wat:x:pull&scope=${OWN}:pull` },
    { grants: [`${OWN}:pull`] },
  ],
  [
    'a malformed scope is granted nothing and spoils nothing',
    { query: `scope=nonsense&scope=:::&scope=${OWN}:pull` },
    { grants: [`${OWN}:pull`] },
  ],
  [
    'unknown actions are granted nothing and spoil nothing',
    { query: `scope=${OWN}:admin,pull,create` },
    { grants: [`${OWN}:pull`] },
  ],
  ['actions are written in lower case', { query: `scope=${OWN}:PULL` }, { grants: [] }],
  [
    'split at the first and at the last colon: a port belongs to the name, which is none (trap 10)',
    { query: 'scope=repository:localhost:5000/alice/app:pull' },
    { grants: [] },
  ],
  [
    'a name in upper case is granted nothing (traps 10 and 23)',
    { query: 'scope=repository:Alice/app:push' },
    { grants: [] },
  ],
  ['a name that is a way is granted nothing', { query: 'scope=repository:alice/../foreign/app:pull' }, { grants: [] }],
  [
    'nested names are legal',
    { query: 'scope=repository:alice/b/c/d:pull' },
    { grants: ['repository:alice/b/c/d:pull'] },
  ],
  [
    'two underscores and any number of dashes are legal',
    { query: 'scope=repository:alice/a__b:pull&scope=repository:alice/a---b:pull' },
    { grants: ['repository:alice/a---b:pull', 'repository:alice/a__b:pull'] },
  ],
  [
    'three underscores and a dash at the end are not',
    { query: 'scope=repository:alice/a___b:pull&scope=repository:alice/a-:pull' },
    { grants: [] },
  ],
  [
    'library/ is never added nor stripped (trap 24)',
    { query: 'scope=repository:library/app:pull&scope=repository:app:pull' },
    { grants: ['repository:app:pull'] },
  ],
  [
    'a class is read as plain and not returned (trap 10)',
    { query: 'scope=repository(plugin):alice/app:pull' },
    { grants: [`${OWN}:pull`] },
  ],
  [
    '* is expanded to what is granted (traps 11 and 51)',
    { query: 'scope=repository:crew/app:*' },
    { grants: ['repository:crew/app:pull'] },
  ],
  [
    '* is expanded to concrete actions for an owner',
    { query: `scope=${OWN}:*` },
    { grants: [`${OWN}:delete,pull,push`] },
  ],
  [
    '* in front carries nothing behind it: repository:x:*,push,pull',
    { query: 'scope=repository:crew/app:*,push,pull' },
    { grants: ['repository:crew/app:pull'] },
  ],
  [
    'delete implies nothing, and push implies no delete (trap 51)',
    { query: `scope=${OWN}:delete&scope=repository:alice/b:push` },
    { grants: ['repository:alice/app:delete', 'repository:alice/b:push'] },
  ],
  ['the catalog is not for everybody', { query: 'scope=registry:catalog:*' }, { grants: [] }],
  [
    'an action in front opens no catalog: registry:catalog:pull,*',
    { query: 'scope=registry:catalog:pull,*' },
    { grants: [] },
  ],
  [
    'a mount gets both sides, each decided by itself (trap 21)',
    { query: `scope=${OWN}:pull,push&scope=repository:open/base:pull` },
    { grants: [`${OWN}:pull,push`, 'repository:open/base:pull'] },
  ],
  [
    'a mount from what may not be read gets the target only (trap 21)',
    { query: `scope=${OWN}:pull,push&scope=repository:foreign/base:pull` },
    { grants: [`${OWN}:pull,push`] },
  ],
].map(([rule, ask, expected]) => [rule, { basic: ALICE, ...(ask as TokenAsk) }, expected] as Rule);
