import { z } from 'zod';
import { isDigest } from '../naming/repository-name.js';
import type { ConfigFacts, ManifestFacts, Platform } from './manifest-facts.js';
import { isIndex } from './media-types.js';
import { isStorableDate, wellFormed } from './storable.js';

const MAX_ENTRIES = 10_000;

const size = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).catch(0);
const texts = z.record(z.string(), z.unknown()).optional().catch(undefined);
/** PostgreSQL's text can not hold NUL, and no honest name does. */
const word = z
  .string()
  .max(256)
  .refine((text) => !text.includes('\0'))
  .transform(wellFormed);
const name = word.optional().catch(undefined);

const descriptor = z.object({
  mediaType: word.catch(''),
  digest: z.string().refine(isDigest),
  size,
  platform: z.object({ os: name, architecture: name, variant: name }).optional().catch(undefined),
  annotations: texts,
});

const manifest = z.object({
  mediaType: name,
  artifactType: name,
  config: descriptor.optional().catch(undefined),
  layers: z.array(descriptor).max(MAX_ENTRIES).optional().catch(undefined),
  blobs: z.array(descriptor).max(MAX_ENTRIES).optional().catch(undefined),
  manifests: z.array(descriptor).max(MAX_ENTRIES).optional().catch(undefined),
  subject: descriptor.optional().catch(undefined),
  annotations: texts,
});

const imageConfig = z.object({
  created: z.string().max(64).optional().catch(undefined),
  os: name,
  architecture: name,
  variant: name,
  config: z.object({ Labels: texts.nullable() }).optional().catch(undefined).nullable(),
});

/**
 * Reads the facts of a manifest out of its bytes. Lenient: unknown media types, missing configs and odd fields are
 * kept as far as they can be understood, because an image that exists must never be invisible. Throws SyntaxError only
 * when the body is no JSON object at all.
 */
export function parseManifest(digest: string, mediaType: string, body: Buffer): ManifestFacts {
  const parsed = manifest.safeParse(JSON.parse(body.toString('utf8')));
  if (!parsed.success) throw new SyntaxError('the manifest is not a JSON object');
  const { config, subject, annotations } = parsed.data;
  const layers = parsed.data.layers ?? parsed.data.blobs ?? [];
  const type = mediaType || parsed.data.mediaType || '';
  const children = isIndex(type) ? (parsed.data.manifests ?? []) : [];
  return {
    digest,
    mediaType: type,
    artifactType: parsed.data.artifactType ?? null,
    configMediaType: config?.mediaType ?? null,
    configDigest: config?.digest ?? null,
    size: layers.reduce((sum, layer) => addSizes(sum, layer.size), config?.size ?? 0),
    manifestSize: body.length,
    annotations: stringValues(annotations),
    subjectDigest: subject?.digest ?? null,
    children: children.map((child) => ({
      digest: child.digest,
      mediaType: child.mediaType,
      size: null,
      ...platformOf(child.platform),
      annotations: stringValues(child.annotations),
    })),
  };
}

/** Sums of sizes that a manifest merely claims stay within what a number and the database can hold. */
export function addSizes(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

/** Of an image whose configuration tells nothing. */
export const NO_CONFIG: ConfigFacts = { os: null, architecture: null, variant: null, builtAt: null, labels: {} };

/** What an image's config blob tells; unknown or hostile content gives empty facts. */
export function parseImageConfig(body: Buffer): ConfigFacts {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    value = null;
  }
  const parsed = imageConfig.safeParse(value);
  if (!parsed.success) return NO_CONFIG;
  const built = new Date(parsed.data.created ?? '');
  return {
    ...platformOf(parsed.data),
    builtAt: isStorableDate(built) ? built : null,
    labels: stringValues(parsed.data.config?.Labels ?? undefined),
  };
}

function platformOf(
  value: { os?: string | undefined; architecture?: string | undefined; variant?: string | undefined } | undefined,
): Platform {
  return { os: value?.os || null, architecture: value?.architecture || null, variant: value?.variant || null };
}

/** Labels and annotations of one manifest: entries, bytes of one key and value, and bytes of all of them that are kept. */
const MAX_TEXTS = 200;
const MAX_TEXT_BYTES = 8 * 1024;
const MAX_ALL_BYTES = 64 * 1024;

/**
 * Labels and annotations are strings by specification; others are dropped, and so is what is beyond the caps: the first
 * that fit are kept. NUL is not storable.
 */
function stringValues(record: Record<string, unknown> | undefined): Record<string, string> {
  const kept: [string, string][] = [];
  let room = MAX_ALL_BYTES;
  for (const [key, value] of Object.entries(record ?? {})) {
    if (kept.length >= MAX_TEXTS) break;
    if (typeof value !== 'string' || key.includes('\0') || value.includes('\0')) continue;
    const bytes = Buffer.byteLength(key) + Buffer.byteLength(value);
    if (bytes > MAX_TEXT_BYTES || bytes > room) continue;
    room -= bytes;
    kept.push([wellFormed(key), wellFormed(value)]);
  }
  return Object.fromEntries(kept);
}
