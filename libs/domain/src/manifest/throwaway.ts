import { OCI_INDEX } from './media-types.js';

const MARK = 'io.portus.throwaway';

/**
 * An index of nothing, unlike any other by its `id`: a tag that shares its digest is moved to it, and then it is deleted
 * with the tag. Registry 2.8 can take a tag off in no other way. It needs no blob.
 */
export function throwawayManifest(id: string): { mediaType: string; body: Buffer } {
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], annotations: { [MARK]: id } };
  return { mediaType: OCI_INDEX, body: Buffer.from(JSON.stringify(index)) };
}

/** Whether the bytes are such a manifest: of a removal that was cut short, and that may be finished. */
export function isThrowaway(mediaType: string, body: Buffer): boolean {
  if (mediaType !== OCI_INDEX || body.length > 1_024) return false;
  try {
    const value = JSON.parse(body.toString('utf8')) as { manifests?: unknown; annotations?: Record<string, unknown> };
    const empty = Array.isArray(value.manifests) && value.manifests.length === 0;
    return empty && typeof value.annotations?.[MARK] === 'string';
  } catch {
    return false;
  }
}
