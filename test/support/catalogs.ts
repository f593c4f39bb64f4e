import type { AccessEntry } from '#tokens/token-signer.js';
import { query } from './databases.js';

/** Repository → tag → digest. Repositories without tags are left out: a registry never forgets their names. */
export type Catalog = Record<string, Record<string, string>>;

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** The catalog as the tables have it, past all code of ours. */
export async function catalogOfDatabase(databaseUrl: string): Promise<Catalog> {
  const rows = await query<{ repository: string; tag: string; digest: string }>(
    databaseUrl,
    `SELECT p.full_name AS repository, g.name AS tag, f.digest
       FROM tags g JOIN repositories p ON p.id = g.repository_id JOIN manifests f ON f.id = g.manifest_id
      WHERE p.removed_at IS NULL ORDER BY 1, 2`,
  );
  const catalog: Catalog = {};
  for (const { repository, tag, digest } of rows) (catalog[repository] ??= {})[tag] = digest;
  return catalog;
}

/** How many notifications are stored and not yet worked on. */
export async function waitingEvents(databaseUrl: string): Promise<number> {
  const [row] = await query<{ waiting: number }>(
    databaseUrl,
    `SELECT count(*)::int AS waiting FROM registry_events WHERE state IN ('received', 'failed')`,
  );
  return row?.waiting ?? 0;
}

/** The catalog as the registry answers it, read with plain requests. */
export async function catalogOfRegistry(
  registryUrl: string,
  sign: (access: AccessEntry[]) => Promise<string>,
): Promise<Catalog> {
  const everything = await sign([{ type: 'registry', name: 'catalog', actions: ['*'] }]);
  const listing = await getJson<{ repositories: string[] | null }>(`${registryUrl}/v2/_catalog?n=1000`, everything);
  const names = listing?.repositories ?? [];
  if (names.length >= 1000) throw new Error('more repositories than one page holds');
  const catalog: Catalog = {};
  for (const name of names.toSorted()) {
    const token = await sign([{ type: 'repository', name, actions: ['pull'] }]);
    const tags = await tagsOf(registryUrl, name, token);
    if (Object.keys(tags).length > 0) catalog[name] = tags;
  }
  return catalog;
}

async function tagsOf(registryUrl: string, repository: string, token: string): Promise<Record<string, string>> {
  const base = `${registryUrl}/v2/${repository}`;
  const listing = await getJson<{ tags: string[] | null }>(`${base}/tags/list`, token);
  const tags: Record<string, string> = {};
  for (const tag of (listing?.tags ?? []).toSorted()) {
    const headers = { authorization: `Bearer ${token}`, accept: MANIFESTS };
    const answer = await fetch(`${base}/manifests/${tag}`, { method: 'HEAD', headers });
    if (answer.status === 404) continue;
    const digest = answer.headers.get('docker-content-digest');
    if (answer.status !== 200 || !digest) throw new Error(`HEAD ${repository}:${tag} was answered ${answer.status}`);
    tags[tag] = digest;
  }
  return tags;
}

/** null: there is no such thing. */
async function getJson<T>(url: string, token: string): Promise<T | null> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw new Error(`GET ${url} was answered ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

/** What only one of them has, and what differs, one line each; empty when they are equal. */
export function differences(database: Catalog, registry: Catalog): string[] {
  const [ours, theirs] = [flat(database), flat(registry)];
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].toSorted();
  return names
    .filter((name) => ours.get(name) !== theirs.get(name))
    .map((name) => `${name}: database ${ours.get(name) ?? 'none'}, registry ${theirs.get(name) ?? 'none'}`);
}

function flat(catalog: Catalog): Map<string, string> {
  const tags = Object.entries(catalog).flatMap(([repository, list]) =>
    Object.entries(list).map(([tag, digest]) => [`${repository}:${tag}`, digest] as const),
  );
  return new Map(tags);
}
