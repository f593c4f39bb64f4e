import { digestOf } from '../../factories/image.js';
import type { RouteContext } from './context.js';
import { errorReply, plainReply, type Reply } from './reply.js';
import type { Happening } from './events.js';
import type { StoredManifest } from './store.js';

const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const MAX_MANIFEST = 4 * 1024 * 1024;
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const STORABLE = new Set([
  OCI_MANIFEST,
  OCI_INDEX,
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/** `/v2/<name>/manifests/<reference>` */
export function manifestRoute(context: RouteContext, repository: string, reference: string): Reply {
  if (!reference.includes(':') && !TAG.test(reference)) return plainReply(404);
  switch (context.request.method) {
    case 'GET':
    case 'HEAD':
      return readManifest(context, repository, reference);
    case 'PUT':
      return storeManifest(context, repository, reference);
    case 'DELETE':
      return removeManifest(context, repository, reference);
    default:
      return plainReply(405);
  }
}

function readManifest(context: RouteContext, repository: string, reference: string): Reply {
  const { store, request } = context;
  const manifest = store.manifest(repository, reference);
  if (!manifest) return unknownManifest(context, reference);
  const etag = `"${manifest.digest}"`;
  const condition = request.headers['if-none-match'];
  if (condition === etag || condition === manifest.digest) return { status: 304 };
  const tag = reference.includes(':') ? {} : { tag: reference };
  // Also a refusal by Accept makes a pull event.
  context.announce({ action: 'pull', repository, content: contentOf(manifest), ...tag });
  const hidden = hiddenByAccept(context, manifest);
  if (hidden) return hidden;
  return {
    status: 200,
    headers: { 'content-type': manifest.mediaType, 'docker-content-digest': manifest.digest, etag },
    body: manifest.body,
  };
}

/** OCI kinds are shown only to clients that name them; 3.x shows an index to everybody. */
function hiddenByAccept({ store, request }: RouteContext, manifest: StoredManifest): Reply | null {
  const accept = request.headers.accept ?? '';
  const kind = manifest.mediaType === OCI_MANIFEST ? 'manifest' : manifest.mediaType === OCI_INDEX ? 'index' : null;
  if (kind === null || accept.includes(manifest.mediaType)) return null;
  if (kind === 'index' && store.flavour === '3') return null;
  const plural = kind === 'index' ? 'indexes' : 'manifests';
  const message = `OCI ${kind} found, but accept header does not support OCI ${plural}`;
  return errorReply(store.flavour, 404, 'MANIFEST_UNKNOWN', message);
}

function unknownManifest({ store }: RouteContext, reference: string): Reply {
  const detail = store.flavour === '2.8' ? { Tag: reference } : `unknown tag=${reference}`;
  return errorReply(store.flavour, 404, 'MANIFEST_UNKNOWN', 'manifest unknown', detail);
}

function contentOf(manifest: StoredManifest): NonNullable<Happening['content']> {
  return { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.body.length };
}

function storeManifest(context: RouteContext, repository: string, reference: string): Reply {
  const { store, request } = context;
  const invalid = (detail: unknown): Reply =>
    errorReply(store.flavour, 400, 'MANIFEST_INVALID', 'manifest invalid', detail);
  if (request.body.length > MAX_MANIFEST) return invalid('http: request body too large');
  const mediaType = request.headers['content-type'] ?? '';
  const parsed = parseManifest(request.body);
  if (!STORABLE.has(mediaType) || !parsed) return invalid({});
  const digest = digestOf(request.body);
  if (reference.includes(':') && reference !== digest) return digestInvalid(context);
  const missing = missingReference(context, repository, parsed);
  if (missing) return errorReply(store.flavour, 400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', missing);
  const tag = reference.includes(':') ? null : reference;
  const manifest = store.putManifest(repository, tag, mediaType, request.body);
  announcePush(context, repository, manifest, tag);
  const location = `http://${request.headers.host}/v2/${repository}/manifests/${digest}`;
  return { status: 201, headers: { location, 'docker-content-digest': digest } };
}

/** Announces the push of a manifest; with the references that it holds if the registry is configured to tell them. */
export function announcePush(
  context: Pick<RouteContext, 'announce' | 'includeReferences'>,
  repository: string,
  manifest: StoredManifest,
  tag: string | null,
): void {
  const parsed = parseManifest(manifest.body);
  const references = context.includeReferences && parsed ? { references: referencesOf(parsed) } : {};
  const content = { ...contentOf(manifest), ...references };
  context.announce({ action: 'push', repository, content, ...(tag === null ? {} : { tag }) });
}

interface Descriptor {
  digest: string;
  urls?: string[];
}

interface ParsedManifest {
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
}

function parseManifest(body: Buffer): ParsedManifest | null {
  try {
    const value = JSON.parse(body.toString()) as unknown;
    return typeof value === 'object' && value !== null ? (value as ParsedManifest) : null;
  } catch {
    return null;
  }
}

function referencesOf(manifest: ParsedManifest): Descriptor[] {
  return manifest.manifests ?? [...(manifest.config ? [manifest.config] : []), ...(manifest.layers ?? [])];
}

function missingReference({ store }: RouteContext, repository: string, manifest: ParsedManifest): string | null {
  const present = (descriptor: Descriptor): boolean => {
    if (manifest.manifests) return store.manifest(repository, descriptor.digest) !== null;
    return descriptor.urls !== undefined || store.blob(repository, descriptor.digest) !== null;
  };
  return referencesOf(manifest).find((descriptor) => !present(descriptor))?.digest ?? null;
}

function removeManifest(context: RouteContext, repository: string, reference: string): Reply {
  const { store, deleteEnabled } = context;
  const isTag = !reference.includes(':');
  if (!deleteEnabled) return errorReply(store.flavour, 405, 'UNSUPPORTED', 'The operation is unsupported.');
  if (isTag && store.flavour === '2.8') return digestInvalid(context);
  if (isTag) {
    if (!store.deleteTag(repository, reference)) return unknownManifest(context, reference);
    context.announce({ action: 'delete', repository, tag: reference });
    return { status: 202 };
  }
  const tags = store.deleteManifest(repository, reference);
  if (!tags) return errorReply(store.flavour, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  announceDeletion(context, repository, reference, tags);
  return { status: 202 };
}

/** A manifest's deletion is followed by one event for each tag that went with it. */
export function announceDeletion(
  context: Pick<RouteContext, 'announce'>,
  repository: string,
  digest: string,
  tags: string[],
): void {
  context.announce({ action: 'delete', repository, deletedDigest: digest });
  for (const tag of tags) context.announce({ action: 'delete', repository, tag });
}

function digestInvalid({ store }: RouteContext): Reply {
  return errorReply(store.flavour, 400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
}
