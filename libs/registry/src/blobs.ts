import { RegistryError } from './errors.js';
import type { RegistryAccess } from './transport/bearer.js';
import type { Transport } from './transport/transport.js';
import { answerError, badAnswer, endpoint, isSha256Digest, repositoryPath, sha256Digest, type Answer } from './wire.js';

/**
 * Reads a small blob, such as an image's configuration, and checks its digest (OCI distribution spec 1.1, "Pulling
 * blobs"). Follows one redirect to object storage; the token stays at home. Throws `TOO_LARGE` above `maxBytes`.
 */
export async function getBlob(
  transport: Transport,
  repository: string,
  digest: string,
  options: { maxBytes: number; signal?: AbortSignal },
): Promise<Buffer> {
  const { base } = transport;
  if (!isSha256Digest(digest))
    throw new RegistryError('REFERENCE_INVALID', { message: 'not a sha256 digest', url: base });
  const url = endpoint(base, [...repositoryPath(base, repository), 'blobs', digest]);
  const access: RegistryAccess[] = [{ type: 'repository', name: repository, actions: ['pull'] }];
  const request = { method: 'GET' as const, access, cap: options.maxBytes, signal: options.signal };
  let answer = await transport.send({ ...request, url });
  if (answer.status === 307) answer = await transport.send({ ...request, url: redirectTarget(answer) });
  if (answer.status !== 200) throw answerError(answer);
  if (sha256Digest(answer.body) === digest) return answer.body;
  throw badAnswer(answer, 'the bytes of the blob do not have its digest', 'DIGEST_MISMATCH');
}

/** Where a 307 points. Throws `BAD_ANSWER` unless that is an http or https URL. */
export function redirectTarget(answer: Answer): URL {
  const location = answer.headers.get('location') ?? '';
  if (location === '' || !URL.canParse(location, answer.url.href)) throw badAnswer(answer, 'a redirect to nowhere');
  const target = new URL(location, answer.url);
  if (target.protocol === 'http:' || target.protocol === 'https:') return target;
  throw badAnswer(answer, 'a redirect to something that is not http');
}
