import { createHash } from 'node:crypto';

/** Entity tags of If-Match and If-None-Match (RFC 9110, 8.8.3), without quotes; `*` for any. */
export type EntityTags = '*' | { tag: string; weak: boolean }[];

const ONE = /\s*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/gy;
/** A header with more of them is nobody's. */
const MOST = 50;

/** The entity tags of a header; null when it can not be read. */
export function parseEntityTags(header: string): EntityTags | null {
  if (header.trim() === '*') return '*';
  const tags = [...header.matchAll(ONE)];
  const read = tags.reduce((length, [text]) => length + text.length, 0);
  if (tags.length === 0 || tags.length > MOST || read !== header.length) return null;
  return tags.map(([, weak, tag = '']) => ({ tag, weak: weak !== undefined }));
}

/**
 * The `ETag` of a representation. Of a row with a version it is strong and names both, `"version.hash"`: what people may
 * change, and what was answered. Of anything else it is weak: good for `If-None-Match` alone.
 */
export function entityTagOf(version: string | null, representation: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(representation)).digest('base64url').slice(0, 16);
  return version === null ? `W/"${hash}"` : `"${version}.${hash}"`;
}

/** The versions in the tags of `If-Match`. Weak tags never match (RFC 9110, 13.1.1). */
export function versionsIn(tags: Exclude<EntityTags, '*'>): string[] {
  return tags.filter(({ weak }) => !weak).map(({ tag }) => tag.split('.', 1)[0]!);
}

/** Whether `If-None-Match` names the representation: weak comparison (RFC 9110, 13.1.2). */
export function isKnown(tags: EntityTags, entityTag: string): boolean {
  const plain = entityTag.replace(/^W\//, '').slice(1, -1);
  return tags === '*' || tags.some(({ tag }) => tag === plain);
}
