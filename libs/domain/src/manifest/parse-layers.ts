import { z } from 'zod';
import { isDigest } from '../naming/repository-name.js';
import { wellFormed } from './storable.js';

/** Where a file that is pulled by ORAS has its name (OCI image spec 1.1, "Pre-Defined Annotation Keys"). */
const TITLE = 'org.opencontainers.image.title';
const MAX_LAYERS = 1_000;
const MAX_WORDS = 4_000;

/** One layer of an image, or one file of another artifact. */
export interface Layer {
  digest: string;
  mediaType: string;
  /** Bytes, by the word of the manifest. */
  size: number;
  /** The step of the build that made it, by the word of the image; null: it is not told. */
  createdBy: string | null;
  /** The name of a file; null: it has none. */
  title: string | null;
}

const words = z
  .string()
  .transform((text) => wellFormed(text.slice(0, MAX_WORDS)))
  .optional()
  .catch(undefined);

const manifest = z.object({
  layers: z
    .array(
      z.object({
        digest: z.string().refine(isDigest),
        mediaType: z.string().max(256).catch(''),
        size: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).catch(0),
        annotations: z
          .object({ [TITLE]: words })
          .optional()
          .catch(undefined),
      }),
    )
    .max(MAX_LAYERS)
    .catch([]),
});

const config = z.object({
  history: z.array(z.object({ created_by: words, empty_layer: z.boolean().optional().catch(undefined) })).catch([]),
});

/**
 * The layers of a manifest, in the order in which they are applied. What made each is told only where the history of the
 * configuration (null: there is none) has exactly one step for each of them. Throws SyntaxError for what is no JSON object.
 */
export function parseLayers(body: Buffer, configBody: Buffer | null): Layer[] {
  const parsed = manifest.safeParse(JSON.parse(body.toString('utf8')));
  if (!parsed.success) throw new SyntaxError('the manifest is not a JSON object');
  const { layers } = parsed.data;
  const steps = stepsOf(configBody);
  const known = steps.length === layers.length;
  return layers.map(({ digest, mediaType, size, annotations }, i) => ({
    digest,
    mediaType,
    size,
    createdBy: (known ? steps[i] : undefined) ?? null,
    title: annotations?.[TITLE] ?? null,
  }));
}

/** Of the steps that made a layer, what they were. */
function stepsOf(body: Buffer | null): (string | undefined)[] {
  if (body === null) return [];
  try {
    const { history } = config.parse(JSON.parse(body.toString('utf8')));
    return history.filter((step) => step.empty_layer !== true).map((step) => step.created_by);
  } catch {
    return [];
  }
}
