import type { IncomingMessage } from 'node:http';

export interface RawBody {
  /** The bytes up to the cap. */
  bytes: Buffer;
  /** True when there was more; the rest was read and thrown away. */
  tooLarge: boolean;
}

/**
 * Reads a request body of at most `limit` bytes into memory. A longer one is drained to its end, up to ten times the
 * limit, so that the sender gets an answer instead of a reset connection.
 */
export function readBody(payload: IncomingMessage, limit: number): Promise<RawBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = () => resolve({ bytes: Buffer.concat(chunks), tooLarge: size > limit });
    payload.on('data', (chunk: Buffer) => {
      if (size < limit) chunks.push(chunk.length > limit - size ? chunk.subarray(0, limit - size) : chunk);
      size += chunk.length;
      if (size <= limit * 10) return;
      finish();
      payload.destroy();
    });
    payload.on('end', finish);
    payload.on('error', reject);
    // Without an end or an error of its own: whoever sent it is gone.
    payload.on('close', () => reject(new Error('the request ended before its body')));
  });
}
