import { describeConventions } from './conventions.js';
import { exampleOf } from './examples.js';
import { errorHeaders, errorResponse } from './errors.js';
import { operationIdOf } from './operation-ids.js';
import { ALWAYS, describedParameter, listHeaders, placeHeader } from './parameters.js';
import { shareParts } from './shared-parts.js';
import { type Content, type Method, type OpenApi, type OperationObject, operationsOf } from './shapes.js';
import { textOf } from './texts.js';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const SIGNED_IN = ['basic', 'portusAuth'];

/**
 * Adds to what the doors say of themselves what holds for all of them: names, texts, the errors that guards and parsers
 * answer, headers, the form beside JSON, and examples.
 */
export function completeDocument(document: OpenApi): OpenApi {
  for (const { path, method, operation } of operationsOf(document)) {
    operation.operationId = operation.operationId || operationIdOf(method, path, operation);
    Object.assign(operation, textOf(method, path, operation));
    operation.parameters = (operation.parameters ?? []).map((one) => describedParameter(one, path));
    if (isApi(path)) completeApi(path, method, operation);
    operation.security ??= [];
    completeBody(operation, path);
    completeAnswers(operation);
  }
  for (const { operation } of operationsOf(document)) giveExamples(operation, document);
  shareParts(document);
  return document;
}

const isApi = (path: string): boolean => path.startsWith('/api/v1/');

/** Who may call, and the errors of the guard, of parsers and of the database. */
function completeApi(path: string, method: Method, operation: OperationObject): void {
  const access = operation['x-portus-access'] ?? 'user';
  operation['x-portus-access'] = access;
  const change = method !== 'get';
  operation.security =
    access === 'public'
      ? []
      : [...SIGNED_IN.map((name) => ({ [name]: [] })), { session: [], ...(change ? { csrf: [] } : {}) }];
  const bare = path.endsWith('/_ping') || path.endsWith('/health');
  const statuses = [
    400,
    ...(bare ? [] : [503]),
    ...(access === 'public' ? [] : [401, 403, 429]),
    ...(access === 'public' && change ? [403, 429] : []),
    ...(path.includes('{') ? [404] : []),
    ...(operation.requestBody === undefined ? [] : [413, 415]),
  ];
  for (const status of statuses) operation.responses[status] ??= errorResponse(status);
  describeConventions(method, operation);
}

/** Bodies are taken as JSON and, as Portus did, as a form: `user[username]=alice`. */
function completeBody(operation: OperationObject, path: string): void {
  const content = operation.requestBody?.content;
  const media = content?.[JSON_TYPE];
  if (content === undefined || media === undefined || !isApi(path)) return;
  content[FORM_TYPE] ??= { ...media };
}

function completeAnswers(operation: OperationObject): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    const good = Number(status) < 300;
    response.headers = {
      ...ALWAYS,
      ...(good ? { ...listHeaders(operation), ...placeHeader(status) } : {}),
      ...(good || operation.tags?.includes('health') ? {} : errorHeaders(Number(status))),
      ...response.headers,
    };
  }
}

function giveExamples(operation: OperationObject, document: OpenApi): void {
  const contents: Content[] = Object.values(operation.responses).map(({ content }) => content ?? {});
  if (operation.requestBody !== undefined) contents.push(operation.requestBody.content);
  for (const media of contents.flatMap((content) => Object.values(content))) {
    if (media.example === undefined && media.schema !== undefined) media.example = exampleOf(media.schema, document);
  }
  for (const parameter of operation.parameters ?? []) {
    parameter.example ??= exampleOf(parameter.schema ?? {}, document, parameter.name);
  }
}
