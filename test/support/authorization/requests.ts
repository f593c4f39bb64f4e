import { type Placed, resolved } from '../contract/document.js';
import { OBJECTS, PASSWORD } from './world.js';

/** A request as `inject` takes it, without credentials. */
export interface Asked {
  method: string;
  url: string;
  body?: unknown;
}

const RULE = { name: 'old ones', action: 'drop', older_than: 30 };

const RISK = { vulnerability: 'CVE-2099-0003', reason: 'not reachable' };

/** Bodies that must fit the world; all others are the document's examples. */
const BODIES: Record<string, unknown> = {
  'POST /api/v1/session': { username: 'other', password: PASSWORD },
  'PUT /api/v1/profile': { user: { display_name: 'Somebody' } },
  'PUT /api/v1/users/{id}': { user: { display_name: 'Somebody' } },
  'POST /api/v1/namespaces': { name: 'fresh', team: 'crew' },
  'PUT /api/v1/namespaces/{id}': { namespace: { description: 'said' } },
  'POST /api/v1/teams': { name: 'fresh' },
  'PUT /api/v1/teams/{id}': { team: { description: 'said' } },
  'DELETE /api/v1/teams/{id}': { new_team: 'spare' },
  'POST /api/v1/teams/{id}/members': { user: 'other', role: 'viewer' },
  'PUT /api/v1/teams/{id}/members/{member_id}': { role: 'contributor' },
  'POST /api/v1/deletions': { tags: [OBJECTS['/tags/{id}']] },
  'POST /api/v1/tags/{id}/rollback': { digest: `sha256:${'ab'.repeat(32)}` },
  'POST /api/v1/retention_rules': RULE,
  'PUT /api/v1/retention_rules/{rule_id}': RULE,
  'POST /api/v1/namespaces/{id}/retention_rules': RULE,
  'PUT /api/v1/namespaces/{id}/retention_rules/{rule_id}': RULE,
  'POST /api/v1/namespaces/{id}/webhooks': { webhook: { url: 'https://hooks.test/other' } },
  'PUT /api/v1/namespaces/{id}/webhooks/{webhook_id}': { webhook: { name: 'said' } },
  'POST /api/v1/namespaces/{id}/webhooks/{webhook_id}/headers': { webhook_header: { name: 'X-Other', value: 'x' } },
  'POST /api/v1/accepted_risks': RISK,
  'POST /api/v1/namespaces/{id}/accepted_risks': RISK,
};

/** Queries without which an operation says 400. */
const QUERIES: Record<string, string> = {
  'GET /api/v1/explain': 'repository=crew/app&action=pull',
  // It would listen for minutes.
  'GET /api/v1/events/stream': 'seconds=0',
};

/** A request to an operation, about the objects of the world. */
export function requestTo({ key, method, path, operation }: Placed): Asked {
  const body = BODIES[key] ?? exampleBody({ operation });
  const query = QUERIES[key] ?? requiredQuery({ operation });
  const url = `${pathOf(path)}${query === '' ? '' : `?${query}`}`;
  return { method, url, ...(body === undefined ? {} : { body }) };
}

/** Fills in ids. Which object a parameter means is told by the longest end of the path that the world knows. */
export function pathOf(path: string): string {
  const parts = path.split('/');
  return parts
    .map((part, i) => (part.startsWith('{') ? String(idOf(parts.slice(0, i + 1).join('/'), part)) : part))
    .join('/');
}

function idOf(upTo: string, parameter: string): number {
  const known = Object.entries(OBJECTS).filter(([end]) => upTo.endsWith(end));
  const [best] = known.toSorted(([a], [b]) => b.length - a.length);
  if (best === undefined) {
    throw new Error(`${upTo}: which object is ${parameter}? Add it to OBJECTS of test/support/authorization/world.ts`);
  }
  return best[1];
}

function exampleBody({ operation }: Pick<Placed, 'operation'>): unknown {
  const media = operation.requestBody?.content['application/json'];
  return media === undefined ? undefined : media.example;
}

function requiredQuery({ operation }: Pick<Placed, 'operation'>): string {
  const needed = operation.parameters.map((one) => resolved(one)).filter((one) => one.in === 'query' && one.required);
  return new URLSearchParams(Object.fromEntries(needed.map(({ name, example }) => [name, String(example)]))).toString();
}
