import type { RegistryAccess } from './transport/bearer.js';
import { BODY_CAPS, MAX_MANIFEST_BYTES } from './transport/limits.js';
import type { Transport } from './transport/transport.js';
import { RegistryError } from './errors.js';
import {
  absenceCode,
  answerError,
  badAnswer,
  checkReference,
  endpoint,
  isSha256Digest,
  MANIFEST_ACCEPT,
  MANIFEST_MEDIA_TYPES,
  mediaTypeOf,
  parseErrorBody,
  repositoryPath,
  sha256Digest,
  type Answer,
} from './wire.js';

const ABSENCE_CODES = ['MANIFEST_UNKNOWN', 'NAME_UNKNOWN'] as const;
export type AbsenceCode = (typeof ABSENCE_CODES)[number];

export type ManifestAnswer =
  | {
      state: 'found';
      /** sha256 of `body`, computed here. */
      digest: string;
      mediaType: string;
      /** The stored bytes; never re-serialise them. */
      body: Buffer;
      /** Bytes of `body`. */
      size: number;
    }
  | { state: 'unchanged' }
  | { state: 'absent'; code: AbsenceCode };

export type ManifestHead =
  | {
      state: 'found';
      /** As the registry says; nothing was read that could prove it. */
      digest: string;
      mediaType: string;
      size: number;
    }
  | { state: 'unchanged' }
  | { state: 'absent'; code: AbsenceCode };

export interface ManifestOptions {
  /** A digest that the caller already holds: the answer is `unchanged`, and no pull event is made. */
  ifNoneMatch?: string;
  signal?: AbortSignal;
}

/** Where a manifest lies, checked: a name or reference that is not legal never becomes a request. */
function manifestUrl(transport: Transport, repository: string, reference: string): URL {
  checkReference(transport.base, reference);
  return endpoint(transport.base, [...repositoryPath(transport.base, repository), 'manifests', reference]);
}

function accessTo(repository: string, ...actions: string[]): RegistryAccess[] {
  return [{ type: 'repository', name: repository, actions }];
}

async function read(
  transport: Transport,
  method: 'GET' | 'HEAD',
  repository: string,
  reference: string,
  options: ManifestOptions,
): Promise<Answer> {
  const url = manifestUrl(transport, repository, reference);
  const headers: Record<string, string> = { accept: MANIFEST_ACCEPT };
  if (options.ifNoneMatch !== undefined) {
    checkReference(transport.base, options.ifNoneMatch);
    headers['if-none-match'] = `"${options.ifNoneMatch}"`;
  }
  const access = accessTo(repository, 'pull');
  return transport.send({ method, url, access, headers, cap: BODY_CAPS.manifest, signal: options.signal });
}

/** Reads a manifest (OCI distribution spec 1.1, "Pulling manifests"). */
export async function getManifest(
  transport: Transport,
  repository: string,
  reference: string,
  options: ManifestOptions = {},
): Promise<ManifestAnswer> {
  const answer = await read(transport, 'GET', repository, reference, options);
  return readManifest(answer, reference, options.ifNoneMatch !== undefined);
}

/** What a manifest answer says; `conditional` when the request had an If-None-Match. */
export function readManifest(answer: Answer, reference: string, conditional: boolean): ManifestAnswer {
  if (answer.status === 304 && conditional) return { state: 'unchanged' };
  const code = absenceCode(answer, ABSENCE_CODES);
  if (code) return { state: 'absent', code };
  if (answer.status !== 200) throw answerError(answer);
  const mediaType = manifestMediaType(answer);
  const digest = sha256Digest(answer.body);
  const announced = answer.headers.get('docker-content-digest') ?? digest;
  if (announced !== digest || (isSha256Digest(reference) && reference !== digest)) {
    throw badAnswer(answer, `the manifest's bytes are ${digest}, not what was promised`, 'DIGEST_MISMATCH');
  }
  return { state: 'found', digest, mediaType, body: answer.body, size: answer.body.length };
}

/** Types that a registry gives to manifests of other kinds, such as schema 1. A proxy's page has none of them. */
const VENDOR_TYPE = /^application\/vnd\../;

/**
 * Throws `UNSUPPORTED_MEDIA_TYPE` for another kind of manifest, which asking again does not change, and `BAD_ANSWER` for
 * what is none at all: a maintenance page with status 200 goes away again.
 */
function manifestMediaType(answer: Answer): string {
  const mediaType = mediaTypeOf(answer);
  if (MANIFEST_MEDIA_TYPES.some((known) => known === mediaType)) return mediaType;
  if (!VENDOR_TYPE.test(mediaType)) throw badAnswer(answer, `not a manifest: ${mediaType || 'no type'}`);
  throw badAnswer(answer, `not a manifest kind that is read here: ${mediaType}`, 'UNSUPPORTED_MEDIA_TYPE');
}

/**
 * Resolves a reference without its body. A HEAD answer has no error body, so whatever it does not settle (a 404, a
 * missing digest) is asked again with GET.
 */
export async function headManifest(
  transport: Transport,
  repository: string,
  reference: string,
  options: ManifestOptions = {},
): Promise<ManifestHead> {
  const answer = await read(transport, 'HEAD', repository, reference, options);
  const head = readManifestHead(answer, reference, options.ifNoneMatch !== undefined);
  if (head) return head;
  const got = await getManifest(transport, repository, reference, options);
  if (got.state !== 'found') return got;
  return { state: 'found', digest: got.digest, mediaType: got.mediaType, size: got.size };
}

/** What a HEAD answer settles; null when only a GET can tell. */
export function readManifestHead(answer: Answer, reference: string, conditional: boolean): ManifestHead | null {
  if (answer.status === 304 && conditional) return { state: 'unchanged' };
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw answerError(answer);
  const digest = answer.headers.get('docker-content-digest') ?? '';
  const length = answer.headers.get('content-length') ?? '';
  if (!isSha256Digest(digest) || !/^\d+$/.test(length)) return null;
  if (isSha256Digest(reference) && reference !== digest) {
    throw badAnswer(answer, `the registry names ${digest} instead`, 'DIGEST_MISMATCH');
  }
  return { state: 'found', digest, mediaType: manifestMediaType(answer), size: Number(length) };
}

/**
 * What became of a DELETE. disabled: deletes are off at the registry, or it is read-only. not-by-tag: it can delete by
 * digest only (2.8).
 */
export type Deletion = 'deleted' | 'absent' | 'disabled' | 'not-by-tag';

/** Deletes a manifest with all its tags, or (registry 3.x) one tag. */
export async function deleteManifest(
  transport: Transport,
  repository: string,
  reference: string,
  signal?: AbortSignal,
): Promise<Deletion> {
  const url = manifestUrl(transport, repository, reference);
  const access = accessTo(repository, 'delete');
  // By tag it is not repeated: the tag may have been pushed again since the first attempt.
  const repeatable = isSha256Digest(reference);
  const answer = await transport.send({ method: 'DELETE', url, access, cap: BODY_CAPS.error, repeatable, signal });
  return readDeletion(answer, reference);
}

/** What an answer to DELETE says. */
export function readDeletion(answer: Answer, reference: string): Deletion {
  if (answer.status === 202 || answer.status === 200 || answer.status === 204) return 'deleted';
  if (absenceCode(answer, ABSENCE_CODES)) return 'absent';
  if (answer.status === 405) return 'disabled';
  const code = parseErrorBody(answer)[0]?.code;
  if (answer.status === 400 && code === 'DIGEST_INVALID' && !isSha256Digest(reference)) return 'not-by-tag';
  if (answer.status === 400 && code === 'UNSUPPORTED') return 'disabled';
  throw answerError(answer);
}

/** Stores a manifest whose blobs are already there. Throws `TOO_LARGE` above 4 MiB and `DIGEST_MISMATCH`. */
export async function putManifest(
  transport: Transport,
  repository: string,
  reference: string,
  mediaType: string,
  body: Buffer,
  signal?: AbortSignal,
): Promise<{ digest: string }> {
  const url = manifestUrl(transport, repository, reference);
  if (body.length > MAX_MANIFEST_BYTES) {
    throw new RegistryError('TOO_LARGE', { message: `a manifest has at most ${MAX_MANIFEST_BYTES} bytes`, url });
  }
  const answer = await transport.send({
    method: 'PUT',
    url,
    access: accessTo(repository, 'pull', 'push'),
    headers: { 'content-type': mediaType },
    body,
    cap: BODY_CAPS.error,
    // By tag it is not repeated: that could undo a push that came between.
    repeatable: isSha256Digest(reference),
    signal,
  });
  if (answer.status !== 201 && answer.status !== 200) throw answerError(answer);
  const digest = sha256Digest(body);
  if ((answer.headers.get('docker-content-digest') ?? digest) === digest) return { digest };
  throw badAnswer(answer, 'the registry stored other bytes than were sent', 'DIGEST_MISMATCH');
}
