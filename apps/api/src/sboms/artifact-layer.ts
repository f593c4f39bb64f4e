import { z } from 'zod';
import { isDigest } from '#domain/naming/repository-name.js';

/** OCI image spec 1.1, "Image Manifest": of an artifact, the first layer is what it holds. */
const artifact = z.object({
  layers: z
    .array(z.object({ digest: z.string().refine(isDigest), mediaType: z.string() }))
    .min(1)
    .max(100),
});

/** What an artifact holds; null for what is none. A media type that could be shown as a page is not passed on. */
export function layerOfArtifact(manifest: Buffer): { digest: string; mediaType: string } | null {
  try {
    const [layer] = artifact.parse(JSON.parse(manifest.toString('utf8'))).layers;
    const isPlain = /^(application\/[\w.+-]+|text\/(spdx|plain))$/.test(layer!.mediaType);
    const isPage = /html|xml|svg|javascript/.test(layer!.mediaType);
    return { digest: layer!.digest, mediaType: isPlain && !isPage ? layer!.mediaType : 'application/octet-stream' };
  } catch {
    return null;
  }
}
