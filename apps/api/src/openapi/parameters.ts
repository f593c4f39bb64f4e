import type { HeaderObject, OperationObject, ParameterObject, SchemaObject } from './shapes.js';

/** What a parameter is for, by its name, where the schema at the door does not say it. */
const DESCRIPTIONS: Record<string, string> = {
  id: 'The id of what the path names.',
  page: 'Which page, from 1 on.',
  per_page: 'Items of a page.',
  all: '`true` or empty: one page of at most 1000 items, without paging headers.',
  sort_attr: 'By what to sort.',
  sort_order: 'In which direction.',
  cursor: 'Go on from here: the `X-Next-Cursor` of the answer before.',
  after: 'Go on from here: as the answer before names it.',
  limit: 'At most so many.',
  severity: 'Only of this severity.',
  fixable: 'Only what an update repairs, or only what none does.',
  package: 'Only in this package.',
  vulnerability: 'Only this one, by its name.',
  scanner: 'Only what this scanner says.',
  max: 'The worst severity that passes; `none`: nothing at all may be found.',
  fixable_only: 'Whether only that counts which an update repairs.',
  max_age: 'Hours that a verdict may be old.',
  unscanned: 'What an image that was not scanned yet does.',
  unsupported: 'What an image that no scanner can read does.',
  failed: 'What an image whose last scan failed does.',
  format: 'How it is written.',
  risk_id: 'The id of an accepted risk.',
  scan_id: 'The id of a scan.',
  search: 'Text to look for: from the beginning of a name, or within it.',
  type: 'Only this kind.',
  from: 'Not earlier than this.',
  to: 'Not later than this.',
  since: 'Not earlier than this.',
  until: 'Not later than this.',
  state: 'Only those in this state.',
  key: 'Only this kind of change.',
  user: 'Name of a user.',
  after_tag: '`next_tag` of the page before, where that is there: the tag after which to go on.',
  user_id: 'Only of this user.',
  team_id: 'Only of this team.',
  namespace_id: 'Only of this namespace.',
  registry_id: 'Only of this registry.',
  registry: 'Name or address of a registry.',
  repository: 'Full name of a repository, such as `library/app`.',
  action: 'Such as `pull` or `push`.',
  reason: 'Only for this reason.',
  trackable_type: 'Only what happened to this kind of object.',
  token: 'Name of an application token, to see what it would be granted.',
  name: 'The name to check.',
  hostname: 'The address to check, with its port.',
  external_hostname: 'The address that clients use, when it is another one.',
  use_ssl: 'Whether it is spoken to by TLS.',
  only: 'Only these checks.',
  'only[]': 'Only these checks, as a form writes a list.',
  move_shared: 'Delete the manifest also when other tags carry it: these are moved to a copy before.',
  run: 'The id of a sync run.',
  rule_id: 'The id of a rule.',
  tag_id: 'The id of a tag.',
  webhook_id: 'The id of a webhook.',
  header_id: 'The id of a header.',
  delivery_id: 'The id of a delivery.',
  member_id: 'The id of a membership, not of a user.',
  comment_id: 'The id of a comment.',
};

const ID: SchemaObject = { type: 'integer', minimum: 1, maximum: 2_147_483_647 };
const TEXT: SchemaObject = { type: 'string' };
/** Parameters in paths that are no ids. */
const NAMES = new Set(['name', 'key']);

const header = (description: string, schema: SchemaObject = { type: 'string' }): HeaderObject => ({
  description,
  schema,
});
const number = (description: string): HeaderObject => header(description, { type: 'string', pattern: '^[0-9]*$' });

const PAGES: Record<string, HeaderObject> = {
  'X-Page': number('This page.'),
  'X-Per-Page': number('Items of a page.'),
  'X-Next-Page': number('The next page; empty on the last.'),
  'X-Prev-Page': number('The page before; empty on the first.'),
  'X-Total': number('Items altogether.'),
  'X-Total-Pages': number('Pages altogether, at least 1.'),
  'X-Total-Exact': header('`false`: more than 10 000, counted within the last minute or estimated.'),
};
const LINK = { Link: header('Other pages (RFC 8288): `first`, `prev`, `next`, `last` where they are known.') };
const CURSOR = {
  'X-Next-Cursor': header('Where the next page begins; not there on the last.'),
  'X-Per-Page': PAGES['X-Per-Page']!,
};

/** Headers of every answer. */
export const ALWAYS: Record<string, HeaderObject> = {
  'X-Request-Id': { ...header('Names this request in the log; the one that was sent, if it is sane.'), required: true },
};

/** Where to look for what was made, or for what is being done; not of every operation. */
export function placeHeader(status: string): Record<string, HeaderObject> {
  return status === '201' || status === '202' ? { Location: header('Where it is.') } : {};
}

/** Headers of the good answers of an operation, known by its parameters. */
export function listHeaders(operation: OperationObject): Record<string, HeaderObject> {
  const names = new Set((operation.parameters ?? []).map(({ name }) => name));
  const cursor = ['cursor', 'before', 'after'].some((name) => names.has(name));
  return {
    ...(names.has('page') ? PAGES : {}),
    ...(names.has('page') || cursor ? LINK : {}),
    ...(cursor ? { ...CURSOR, 'X-Per-Page': PAGES['X-Per-Page']! } : {}),
  };
}

/** A parameter with a type and a description. Ids in paths are whole numbers: another text names nothing. */
export function describedParameter(parameter: ParameterObject, path: string): ParameterObject {
  const { name, schema = TEXT } = parameter;
  const inPath = parameter.in === 'path';
  const untyped = schema.type === 'integer' || Object.keys(schema).length === 0 || schema.type === 'string';
  const isId = inPath && untyped && !NAMES.has(name);
  const mail = path === '/api/v1/users/{id}' && schema.type === 'string';
  const description = parameter.description ?? DESCRIPTIONS[name];
  return {
    ...parameter,
    required: inPath || (parameter.required ?? false),
    ...(description === undefined ? {} : { description: mail ? 'An id or an e-mail address.' : description }),
    schema: isId && !mail ? ID : schema,
  };
}
