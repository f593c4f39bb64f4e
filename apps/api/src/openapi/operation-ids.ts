import type { Method, OperationObject } from './shapes.js';

const VERBS: Partial<Record<Method, string>> = { get: 'get', put: 'update', post: 'create', delete: 'delete' };

/** Where the rule below gives two operations one name, or an odd one. */
const NAMES: Record<string, string> = {
  'GET /_ping': 'ping',
  'GET /_health': 'getReadiness',
  'GET /api/v1/session': 'getCurrentSession',
  'POST /api/v1/session': 'signIn',
  'DELETE /api/v1/session': 'signOut',
  'DELETE /api/v1/sessions/{id}': 'endSession',
  'GET /api/v1/registries/validate': 'validateRegistry',
  'GET /api/v1/namespaces/validate': 'validateNamespace',
  'GET /api/v1/events/summary': 'getEventsSummary',
  'POST /api/v1/deletions': 'createDeletion',
  'PUT /api/v1/repositories/{id}/star': 'starRepository',
  'DELETE /api/v1/repositories/{id}/star': 'unstarRepository',
  'GET /api/v1/repositories/{id}/deletion': 'previewRepositoryDeletion',
  'GET /api/v1/namespaces/{id}/deletion': 'previewNamespaceDeletion',
  'GET /api/v1/tags/{id}/deletion': 'previewTagDeletion',
  'DELETE /api/v1/users/application_tokens/{id}': 'deleteApplicationToken',
  'DELETE /api/v1/users/refresh_tokens/{id}': 'deleteRefreshToken',
  'POST /api/v1/vulnerabilities': 'scanAll',
  'POST /api/v1/vulnerabilities/{id}': 'scanTag',
  'POST /api/v1/repositories/{id}/vulnerabilities': 'scanRepository',
  'GET /api/v1/search': 'search',
  'GET /api/v1/explore': 'explore',
  'GET /api/v1/explain': 'explain',
  'GET /api/v1/activities/csv': 'downloadActivities',
};

/**
 * A name for an operation out of its method and path alone, so that it stays while the path does:
 * `GET /users` → `listUsers`, `GET /users/{id}` → `getUser`, `POST /tags/{id}/rollback` → `rollbackTag`,
 * `POST /registries/{id}/rotate_secret` → `rotateSecretOfRegistry`. An `operationId` that an operation brings wins.
 */
export function operationIdOf(method: Method, path: string, operation: OperationObject): string {
  const given = NAMES[`${method.toUpperCase()} ${path}`];
  if (given !== undefined) return given;
  const steps = stepsOf(path);
  const last = steps.at(-1);
  const verb = VERBS[method] ?? method;
  if (last === undefined) return `${verb}Root`;
  const before = steps.slice(0, -1);
  const nouns = before.map((step) => (step.one ? singular(step.name) : step.name));
  if (last.one) return verb + camel([...nouns, singular(last.name)]);
  if (method === 'get') return (answersList(operation) ? 'list' : 'get') + camel([...nouns, last.name]);
  if (method !== 'post') return verb + camel([...nouns, last.name]);
  if (operation.responses['201'] !== undefined) return verb + camel([...nouns, singular(last.name)]);
  return action(last.name, nouns);
}

/** The static steps of a path without the base; `one`: an id follows. */
function stepsOf(path: string): { name: string; one: boolean }[] {
  const parts = path
    .replace(/^\/api\/v1\//, '/')
    .split('/')
    .filter(Boolean);
  return parts.flatMap((name, i) =>
    name.startsWith('{') ? [] : [{ name, one: parts[i + 1]?.startsWith('{') ?? false }],
  );
}

function action(name: string, nouns: string[]): string {
  const verb = camel([name]);
  const own = verb.charAt(0).toLowerCase() + verb.slice(1);
  if (nouns.length === 0) return own;
  return name.includes('_') ? `${own}Of${camel(nouns)}` : own + camel(nouns);
}

function answersList(operation: OperationObject): boolean {
  const schema = operation.responses['200']?.content?.['application/json']?.schema;
  return schema?.type === 'array';
}

/** English enough for the names of our resources. */
export function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(ss|us)$/.test(word)) return word;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

function camel(words: readonly string[]): string {
  return words
    .flatMap((word) => word.split(/[^A-Za-z0-9]+/))
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
