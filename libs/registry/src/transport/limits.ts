import type { Readable } from 'node:stream';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes of a body that are read, at most. Whatever lies behind a cap is never held in memory. */
export const BODY_CAPS = {
  /** Registries refuse to store a manifest over 4 MiB; the rest is for one that counts differently. */
  manifest: 4 * MIB + 64 * KIB,
  /** One page of the catalog, or of a tag list (registry 2.8 sends all tags in one). */
  listing: 8 * MIB,
  /** Enough for every error body of a registry; an HTML page behind it is cut. */
  error: 64 * KIB,
} as const;

/** Largest manifest that a registry stores (distribution, `registry/handlers/manifests.go`). */
export const MAX_MANIFEST_BYTES = 4 * MIB;

/** The bytes up to the cap, and whether that was all. */
export interface CappedBody {
  bytes: Buffer;
  complete: boolean;
}

/** The whole body did not arrive in time, however little was missing. */
export class BodyDeadlineError extends Error {
  override readonly name = 'BodyDeadlineError';
}

/**
 * Reads a stream as far as `cap` bytes and destroys it there. `deadlineMs` bounds the whole body: a peer that sends a
 * byte now and then would satisfy every idle timeout. Throws {@link BodyDeadlineError}, and what the stream throws.
 */
export async function readCapped(body: Readable, cap: number, deadlineMs: number): Promise<CappedBody> {
  const chunks: Buffer[] = [];
  let total = 0;
  const timer = setTimeout(() => body.destroy(new BodyDeadlineError('the body took too long')), deadlineMs);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      const room = cap - total;
      if (chunk.length > room) {
        chunks.push(chunk.subarray(0, room));
        // Leaving the loop destroys the stream and with it the connection, which still carries the rest.
        return { bytes: Buffer.concat(chunks), complete: false };
      }
      chunks.push(chunk);
      total += chunk.length;
    }
    return { bytes: Buffer.concat(chunks, total), complete: true };
  } finally {
    clearTimeout(timer);
  }
}
