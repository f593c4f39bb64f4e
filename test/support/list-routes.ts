import { readFileSync } from 'node:fs';

interface Parameter {
  name: string;
  in: string;
  schema?: { enum?: string[] };
}

interface Operation {
  parameters?: Parameter[];
  responses: Record<string, { content?: Record<string, { schema?: { type?: string } }> }>;
}

/** One list of the API, with the orders that it offers. */
export interface ListRoute {
  /** As in the OpenAPI document. */
  template: string;
  sorts: string[];
}

/** Tests and benchmarks run in the root of the tree. */
const DOCUMENT = 'docs/openapi.json';

/** Every list of the API: operations whose answer is an array. Read from the document, which tests hold to the routes. */
export function listRoutes(document = DOCUMENT): ListRoute[] {
  const { paths } = JSON.parse(readFileSync(document, 'utf8')) as {
    paths: Record<string, { get?: Operation }>;
  };
  return Object.entries(paths).flatMap(([template, { get }]) => {
    if (get?.responses['200']?.content?.['application/json']?.schema?.type !== 'array') return [];
    const sorts = get.parameters?.find(({ name }) => name === 'sort_attr')?.schema?.enum ?? [];
    return [{ template, sorts }];
  });
}

/** Queries that give the ids of paths in a catalog of big-catalog.ts; the first that fits the beginning of a path counts. */
const IDS: readonly [RegExp, string][] = [
  [/\/registries\/\{id\}\/sync_runs\/\{run\}/, `SELECT 1 AS id, min(id) AS run FROM sync_runs WHERE slot LIKE 'big:%'`],
  [
    /\/webhooks\/\{webhook_id\}/,
    'SELECT (SELECT namespace_id FROM repositories ORDER BY id LIMIT 1) AS id, min(id) AS webhook_id FROM webhooks',
  ],
  [/\/registries\/\{id\}/, 'SELECT 1 AS id'],
  [/\/namespaces\/\{id\}/, 'SELECT namespace_id AS id FROM repositories ORDER BY id LIMIT 1'],
  [/\/repositories\/\{id\}/, 'SELECT min(id) AS id FROM repositories'],
  [/\/tags\/\{id\}/, 'SELECT min(id) AS id FROM tags'],
  [/\/deletions\/\{id\}/, 'SELECT min(id) AS id FROM deletions'],
  [/\/teams\/\{id\}/, `SELECT min(id) AS id FROM teams WHERE name LIKE 'team-%'`],
  [/\/users\/\{id\}/, `SELECT id FROM users WHERE username = 'admin'`],
  [/\/vulnerabilities\/\{name\}/, `SELECT 'CVE-2026-1' AS name`],
];
/** What a search looks for, a part of some names; and what else has to be said. */
const QUERIES: Record<string, string> = {
  '/api/v1/search': 'search=pp-100',
  '/api/v1/explore': 'search=pp-100',
  '/api/v1/application_tokens': 'expires_before=2100-01-01T00:00:00Z',
};

/** The address of a list, with ids of things that exist. Throws for a path that nothing is known of. */
export async function addressOf(
  { template }: ListRoute,
  query: (text: string) => Promise<Record<string, unknown>[]>,
): Promise<URL> {
  const [row = {}] = template.includes('{') ? await query(idsFor(template)) : [];
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(row[name]));
  if (path.includes('undefined') || path.includes('null')) throw new Error(`nothing stands for the ids of ${template}`);
  return new URL(`${path}?${QUERIES[template] ?? ''}`, 'http://127.0.0.1');
}

function idsFor(template: string): string {
  const known = IDS.find(([path]) => path.test(template));
  if (!known) throw new Error(`list-routes.ts knows no ids for ${template}`);
  return known[1];
}
