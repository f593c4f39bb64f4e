import { randomUUID } from 'node:crypto';
import { digestOf } from '../../factories/image.js';
import { BLOB_MEDIA_TYPE } from './events.js';
import type { RouteContext } from './context.js';
import { errorReply, plainReply, type Reply } from './reply.js';

const DIGEST = /^sha256:[a-f0-9]{64}$/;

/** `/v2/<name>/blobs/<digest>` */
export function blobRoute(context: RouteContext, repository: string, digest: string): Reply {
  const { store, request } = context;
  const { flavour } = store;
  if (!DIGEST.test(digest)) return digestInvalid(context);
  const unknown = (detail?: string): Reply =>
    errorReply(flavour, 404, 'BLOB_UNKNOWN', 'blob unknown to registry', detail);
  if (request.method === 'DELETE') {
    if (!context.deleteEnabled) return errorReply(flavour, 405, 'UNSUPPORTED', 'The operation is unsupported.');
    if (!store.deleteBlob(repository, digest)) return unknown();
    context.announce({ action: 'delete', repository, deletedDigest: digest });
    return { status: 202 };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return plainReply(405);
  const body = store.blob(repository, digest);
  if (!body) return unknown(digest);
  context.announce({ action: 'pull', repository, content: { mediaType: BLOB_MEDIA_TYPE, digest, size: body.length } });
  const headers = { 'content-type': BLOB_MEDIA_TYPE, 'docker-content-digest': digest, etag: `"${digest}"` };
  return { status: 200, headers, body };
}

/** `/v2/<name>/blobs/uploads/[<uuid>]`: POST (or mount), any number of PATCH, PUT with the digest. */
export function uploadRoute(context: RouteContext, repository: string, uuid: string): Reply {
  const { method } = context.request;
  if (uuid === '') return method === 'POST' ? beginUpload(context, repository) : plainReply(405);
  const begun = context.uploads.get(uuid);
  if (method !== 'PATCH' && method !== 'PUT') return plainReply(405);
  if (!begun) return errorReply(context.store.flavour, 404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  const bytes = Buffer.concat([begun, context.request.body]);
  if (method === 'PATCH') {
    context.uploads.set(uuid, bytes);
    return uploadReply(context, repository, uuid, bytes.length);
  }
  return finishUpload(context, repository, uuid, bytes);
}

function beginUpload(context: RouteContext, repository: string): Reply {
  const { query } = context.request;
  const digest = query.get('mount');
  const fromRepository = query.get('from');
  const body = digest && fromRepository ? context.store.blob(fromRepository, digest) : null;
  if (body && digest && fromRepository) {
    context.store.putBlob(repository, body);
    const content = { mediaType: BLOB_MEDIA_TYPE, digest, size: body.length };
    context.announce({ action: 'mount', repository, content, fromRepository });
    return created(context, repository, digest);
  }
  const uuid = randomUUID();
  context.uploads.set(uuid, Buffer.alloc(0));
  return uploadReply(context, repository, uuid, 0);
}

function uploadReply({ request }: RouteContext, repository: string, uuid: string, length: number): Reply {
  const location = `http://${request.headers.host}/v2/${repository}/blobs/uploads/${uuid}?_state=fake`;
  const headers = { location, 'docker-upload-uuid': uuid, range: `0-${Math.max(0, length - 1)}` };
  return { status: 202, headers };
}

function finishUpload(context: RouteContext, repository: string, uuid: string, bytes: Buffer): Reply {
  const digest = digestOf(bytes);
  if (context.request.query.get('digest') !== digest) return digestInvalid(context);
  context.uploads.delete(uuid);
  context.store.putBlob(repository, bytes);
  context.announce({
    action: 'push',
    repository,
    content: { mediaType: BLOB_MEDIA_TYPE, digest, size: bytes.length },
  });
  return created(context, repository, digest);
}

function created({ request }: RouteContext, repository: string, digest: string): Reply {
  const location = `http://${request.headers.host}/v2/${repository}/blobs/${digest}`;
  return { status: 201, headers: { location, 'docker-content-digest': digest } };
}

function digestInvalid({ store }: RouteContext): Reply {
  return errorReply(store.flavour, 400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', {});
}
