import type { ManifestFacts } from '#domain/manifest/manifest-facts.js';
import type { RemoteTag, RemoteView } from '#domain/sync/plan-sync.js';
import type { ComparedName } from '#persistence/catalog.repository.js';
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
  /** null: look only at what is named. Otherwise the whole repository is looked at. */
  all: WholeRequest | null;
  /** False: compares digests and reads nothing new. */
  readManifests: boolean;
  signal: AbortSignal | undefined;
}

export interface WholeRequest {
  listing: ReadonlySet<string>;
  deep: boolean;
  confirmBefore: Date | null;
  /** What is to be looked at, in the order of the names. */
  names: readonly ComparedName[];
  /** The name behind which they begin. */
  after: string;
  /** So many manifests are read at most; so are names that are left then. */
  most: number;
}

export interface Reading extends RemoteView {
  manifests: ManifestFacts[];
  /** Stored manifests that were announced as deleted and that the registry denies. */
  gone: string[];
  /** Tags and digests that the registry gave no usable answer about; none: the reading is whole. */
  unanswered: Map<string, RegistryError>;
  /** Tags and digests of manifests of a kind that is not read here, such as schema 1. Asking again will not help. */
  unreadable: Map<string, RegistryError>;
  /** The last of the names that were looked at, when they brought too many manifests. null: all of them were. */
  cut: string | null;
}

/**
 * Reads what a registry holds of one repository, without any transaction open. One tag that can not be read does not
 * keep the others from being read. Throws RegistryError when the registry is away.
 */
export async function readRepository(
  client: RegistryClient,
  fullName: string,
  request: ReadRequest,
  known: ReadonlyMap<string, string>,
  stored: StoredSizes,
): Promise<Reading> {
  const reader = new ManifestReader(client, fullName, stored, request.signal);
  const doubts = new Doubts(request.all !== null);
  let listing = request.all?.listing ?? null;
  const tags = new Map<string, RemoteTag>();
  const taker = request.readManifests ? reader : null;
  const ask = async (name: string) => {
    const answer = () => askTag(client, fullName, name, known.get(name) ?? null, taker, request.signal);
    tags.set(name, (await doubts.about([name], answer)) ?? { state: 'unknown' });
  };
  await inParallel(request.tags, PARALLEL_READS, ask);
  const cut = request.all && (await askAll(request.all, request.tags, () => reader.facts.size, ask));
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
  return { listing, tags, manifests: [...reader.facts.values()], gone, ...doubts.found, cut };
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

/** Returns the last name that was looked at, or null when all were. In order, so that all before it were too. */
async function askAll(
  all: WholeRequest,
  asked: ReadonlySet<string>,
  size: () => number,
  ask: (name: string) => Promise<void>,
): Promise<string | null> {
  let [last, cut] = [all.after, false];
  await inParallel(all.names, PARALLEL_READS, async (one) => {
    cut ||= size() >= all.most;
    if (cut) return;
    last = one.name;
    if (!asked.has(one.name) && isToBeAsked(one, all)) await ask(one.name);
  });
  return cut ? last : null;
}

/** What has to be asked for by itself: what is new, for a deep look all that is listed, and what is to be confirmed. */
function isToBeAsked({ listed, digest, absentSince }: ComparedName, { deep, confirmBefore }: WholeRequest): boolean {
  if (listed) return deep || digest === null;
  return confirmBefore !== null && absentSince !== null && absentSince <= confirmBefore;
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
