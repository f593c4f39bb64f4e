import type { ManifestFacts } from '#domain/manifest/manifest-facts.js';
import type { RemoteTag, RemoteView } from '#domain/sync/plan-sync.js';
import type { LocalRepository } from '#persistence/catalog.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { RegistryClient } from '#registry/registry-client.js';
import { inParallel } from './in-parallel.js';
import { isUnreadable, ManifestReader, type StoredSizes } from './manifest-reader.js';

const PARALLEL_READS = 4;

export interface ReadRequest {
  /** Tags that events name. */
  tags: ReadonlySet<string>;
  /** Manifests that were pushed without a tag. */
  digests: ReadonlySet<string>;
  /** Digests that were announced as deleted: of a manifest, or of a blob. */
  deletedDigests: ReadonlySet<string>;
  /** null: look only at what is named. Otherwise the whole repository is looked at, of which this is the listing. */
  all: { listing: ReadonlySet<string>; deep: boolean; confirmBefore: Date | null } | null;
  /** False: compares digests and reads nothing new. */
  readManifests: boolean;
  /** So many manifests are read at most; tags that are left then are a matter of the next look. */
  most: number;
  signal: AbortSignal | undefined;
}

export interface Reading extends RemoteView {
  manifests: ManifestFacts[];
  /** Stored manifests that were announced as deleted and that the registry denies. */
  gone: string[];
  /** Tags and digests that the registry gave no usable answer about; none: the reading is whole. */
  unanswered: Map<string, RegistryError>;
  /** Tags and digests of manifests of a kind that is not read here, such as schema 1. Asking again will not help. */
  unreadable: Map<string, RegistryError>;
  /** What was left for a further look: tags that are not stored, or also (deep) stored ones. null: nothing. */
  left: 'names' | 'deep' | null;
}

/**
 * Reads what a registry holds of one repository, without any transaction open. One tag that can not be read does not
 * keep the others from being read. Throws RegistryError when the registry is away.
 */
export async function readRepository(
  client: RegistryClient,
  fullName: string,
  request: ReadRequest,
  local: LocalRepository,
  stored: StoredSizes,
): Promise<Reading> {
  const reader = new ManifestReader(client, fullName, stored, request.signal);
  const doubts = new Doubts(request.all !== null);
  const mine = new Map(local.tags.map((tag) => [tag.name, tag.digest]));
  let listing = request.all?.listing ?? null;
  const tags = new Map<string, RemoteTag>();
  const taker = request.readManifests ? reader : null;
  let left: Reading['left'] = null;
  await inParallel(namesToAsk(request, listing, local), PARALLEL_READS, async (name) => {
    if (reader.facts.size >= request.most && !request.tags.has(name)) {
      left = mine.has(name) ? 'deep' : (left ?? 'names');
      return;
    }
    const ask = () => askTag(client, fullName, name, mine.get(name) ?? null, taker, request.signal);
    tags.set(name, (await doubts.about([name], ask)) ?? { state: 'unknown' });
  });
  const denied = [...tags].filter(([, tag]) => tag.state === 'absent').map(([name]) => name);
  if (listing === null && denied.length > 0)
    listing = (await doubts.about(denied, () => listTags(client, fullName, request.signal)))?.names ?? null;
  const pushed = await stored([...request.digests]);
  for (const digest of request.digests)
    if (!pushed.has(digest) && request.readManifests) await doubts.about([digest], () => reader.readByDigest(digest));
  const gone: string[] = [];
  for (const digest of (await stored([...request.deletedDigests])).keys()) {
    const answer = await doubts.about([digest], () =>
      client.headManifest(fullName, digest, { signal: request.signal }),
    );
    if (answer?.state === 'absent' && !isShown(digest, tags, reader)) gone.push(digest);
  }
  return { listing, tags, manifests: [...reader.facts.values()], gone, ...doubts.found, left };
}

/** Whether it was pushed again while we were reading. */
function isShown(digest: string, tags: ReadonlyMap<string, RemoteTag>, reader: ManifestReader): boolean {
  return reader.facts.has(digest) || [...tags.values()].some((tag) => tag.state === 'present' && tag.digest === digest);
}

/** Gathers the questions that were not answered, so that the others still count. */
class Doubts {
  readonly found: Pick<Reading, 'unanswered' | 'unreadable'> = { unanswered: new Map(), unreadable: new Map() };

  constructor(private readonly patient: boolean) {}

  /** What `ask` returns; null when the registry has no usable answer. */
  async about<T>(references: string[], ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      // Without any answer the registry is away, and the next question would only wait for its timeout too.
      if (error.status === null && !this.patient) throw error;
      const kind = isUnreadable(error) ? 'unreadable' : 'unanswered';
      for (const reference of references) this.found[kind].set(reference, error);
      return null;
    }
  }
}

/** What a complete listing named: tags, and what is no name of a tag. */
export interface TagNames {
  names: ReadonlySet<string>;
  illegal: string[];
}

/** The names of all tags; none also when the registry says by code that it has no such repository. */
export async function listTags(
  client: RegistryClient,
  fullName: string,
  signal: AbortSignal | undefined,
): Promise<TagNames> {
  const answer = await client.tags(fullName, signal);
  if (answer.state === 'absent') return { names: new Set(), illegal: [] };
  return { names: new Set(answer.tags), illegal: answer.invalid };
}

/** What has to be asked for by itself: what events name, what is new, for a deep look all, and what is to be confirmed. */
function namesToAsk(request: ReadRequest, listing: ReadonlySet<string> | null, local: LocalRepository): Set<string> {
  const names = new Set(request.tags);
  if (request.all === null || listing === null) return names;
  const known = new Map(local.tags.map((tag) => [tag.name, tag]));
  // Stored ones first: most of them have not changed, and need no reading.
  if (request.all.deep) for (const name of listing) if (known.has(name)) names.add(name);
  for (const name of listing) if (!known.has(name)) names.add(name);
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
  reader: ManifestReader | null,
  signal: AbortSignal | undefined,
): Promise<RemoteTag> {
  const answer = await client.manifest(fullName, name, { ...(known ? { ifNoneMatch: known } : {}), signal });
  if (answer.state === 'absent') return { state: 'absent' };
  if (answer.state === 'unchanged') return known ? { state: 'present', digest: known } : { state: 'unknown' };
  if (answer.digest !== known) await reader?.take(answer.digest, answer.mediaType, answer.body);
  return { state: 'present', digest: answer.digest };
}
