import type { BuiltContent, BuiltImage } from '../factories/image.js';

/** Where to push, and with which token; plain HTTP requests, so that no code under test is involved. */
export interface PushTarget {
  /** Of the registry, such as `http://127.0.0.1:5000`. */
  url: string;
  repository: string;
  /** Bearer token with pull and push on the repository. */
  token?: string;
}

/** Pushes an image's blobs and its manifest as any client does. A null tag pushes by digest. */
export async function pushImage(target: PushTarget, tag: string | null, image: BuiltImage): Promise<void> {
  for (const blob of [...image.layers, image.config]) await pushBlob(target, blob);
  await pushManifest(target, tag, image.manifest);
}

/** Pushes one blob: POST for the place, PUT with the bytes. */
export async function pushBlob(target: PushTarget, blob: BuiltContent): Promise<void> {
  const begun = await send(target, 'POST', `${target.url}/v2/${target.repository}/blobs/uploads/`, 202);
  const place = new URL(begun.headers.get('location') ?? '', target.url);
  place.searchParams.set('digest', blob.digest);
  await send(target, 'PUT', place.href, 201, { type: 'application/octet-stream', body: blob.body });
}

/** Stores a manifest whose parts are already there. */
export async function pushManifest(target: PushTarget, tag: string | null, manifest: BuiltContent): Promise<void> {
  const url = `${target.url}/v2/${target.repository}/manifests/${tag ?? manifest.digest}`;
  await send(target, 'PUT', url, 201, { type: manifest.mediaType, body: manifest.body });
}

async function send(
  target: PushTarget,
  method: string,
  url: string,
  expected: number,
  content?: { type: string; body: Buffer },
): Promise<Response> {
  const headers: Record<string, string> = target.token ? { authorization: `Bearer ${target.token}` } : {};
  if (content) headers['content-type'] = content.type;
  const body = content ? new Uint8Array(content.body) : null;
  const answer = await fetch(url, { method, headers, body, redirect: 'error' });
  const text = await answer.text();
  if (answer.status !== expected) throw new Error(`${method} ${url}: ${answer.status} ${text.slice(0, 300)}`);
  return answer;
}
