import { createHash } from 'node:crypto';
import type { SealedRow } from '#persistence/activity-seals.repository.js';

/**
 * The hash of a link of the chain: SHA-256 over the former link (32 zero bytes before the first) and each row in order
 * of its id, as a JSON array and a line feed.
 */
export function sealOf(former: Buffer | null, rows: readonly SealedRow[]): Buffer {
  const hash = createHash('sha256').update(former ?? Buffer.alloc(32));
  for (const row of rows) hash.update(`${JSON.stringify(COLUMNS.map((column) => row[column]))}\n`);
  return hash.digest();
}

/** In a fixed order: that of a row's properties must not matter. */
const COLUMNS = [
  'id',
  'created_at',
  'key',
  'actor_id',
  'actor_name',
  'address',
  'request_id',
  'subject_type',
  'subject_id',
  'subject_name',
  'team_id',
  'namespace_id',
  'details',
] as const satisfies readonly (keyof SealedRow)[];
