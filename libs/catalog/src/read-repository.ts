import type { ManifestFacts } from '#domain/manifest/manifest-facts.js';
import type { RemoteTag, RemoteView } from '#domain/sync/plan-sync.js';
import type { LocalRepository } from '#persistence/catalog.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { RegistryClient } from '#registry/registry-client.js';
import { inParallel } from './in-parallel.js';
import { ManifestReader, type StoredSizes } from './manifest-reader.js';

const PARALLEL_READS = 4;

export interface ReadRequest {
  /** Tags that events name. */
  tags: ReadonlySet<string>;
  /** Manifests that were pushed without a tag. */
  digests: ReadonlySet<string>;
  /** null: look only at what is named. Otherwise the whole repository is looked at. */
  all: { deep: boolean; confirmBefore: Date | null } | null;
  signal: AbortSignal | undefined;
}

export interface Reading extends RemoteView {
  manifests: ManifestFacts[];
  /** Questions that were not answered; 0: the reading is whole. */
  failures: number;
}

/**
 * Reads what a registry holds of one repository, without any transaction open. A reading that only follows events
 * throws RegistryError when a question is not answered; a reading of the whole repository goes on and counts failures.
 */
export async function readRepository(
  client: RegistryClient,
  fullName: string,
  request: ReadRequest,
  local: LocalRepository,
  stored: StoredSizes,
): Promise<Reading> {
  const reader = new ManifestReader(client, fullName, stored, request.signal);
  const mine = new Map(local.tags.map((tag) => [tag.name, tag]));
  let listing = request.all ? await list(client, fullName, request.signal) : null;
  const tags = new Map<string, RemoteTag>();
  let failures = 0;
  await inParallel(namesToAsk(request, listing, local), PARALLEL_READS, async (name) => {
    try {
      tags.set(name, await askTag(client, fullName, name, mine.get(name)?.digest ?? null, reader, request.signal));
    } catch (error) {
      if (request.all === null || !(error instanceof RegistryError)) throw error;
      failures++;
      tags.set(name, { state: 'unknown' });
    }
  });
  const doubtful = [...tags.values()].some((tag) => tag.state === 'absent');
  if (listing === null && doubtful) listing = await list(client, fullName, request.signal);
  const pushed = await stored([...request.digests]);
  for (const digest of request.digests) if (!pushed.has(digest)) await reader.readByDigest(digest);
  return { listing, tags, manifests: [...reader.facts.values()], failures };
}

async function list(client: RegistryClient, fullName: string, signal: AbortSignal | undefined): Promise<Set<string>> {
  const answer = await client.tags(fullName, signal);
  return new Set(answer.state === 'listed' ? answer.tags : []);
}

/** What has to be asked for by itself: what events name, what is new, for a deep look all, and what is to be confirmed. */
function namesToAsk(request: ReadRequest, listing: Set<string> | null, local: LocalRepository): Set<string> {
  const names = new Set(request.tags);
  if (request.all === null || listing === null) return names;
  const known = new Map(local.tags.map((tag) => [tag.name, tag]));
  for (const name of listing) if (request.all.deep || !known.has(name)) names.add(name);
  const before = request.all.confirmBefore;
  for (const tag of local.tags) {
    const due = before !== null && tag.absentSince !== null && tag.absentSince <= before;
    if (due && !listing.has(tag.name)) names.add(tag.name);
  }
  return names;
}

async function askTag(
  client: RegistryClient,
  fullName: string,
  name: string,
  known: string | null,
  reader: ManifestReader,
  signal: AbortSignal | undefined,
): Promise<RemoteTag> {
  const answer = await client.manifest(fullName, name, { ...(known ? { ifNoneMatch: known } : {}), signal });
  if (answer.state === 'absent') return { state: 'absent' };
  if (answer.state === 'unchanged') return known ? { state: 'present', digest: known } : { state: 'unknown' };
  if (answer.digest !== known) await reader.take(answer.digest, answer.mediaType, answer.body);
  return { state: 'present', digest: answer.digest };
}
