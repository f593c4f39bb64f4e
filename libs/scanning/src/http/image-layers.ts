import { z } from 'zod';
import { isDigest } from '#domain/naming/repository-name.js';
import { RegistryError } from '#registry/errors.js';
import { RegistryClient } from '#registry/registry-client.js';
import { ScanError, type ScanRequest } from '../scanner.js';

const MAX_LAYERS = 1_000;

/** OCI image spec 1.1, "Image Manifest", and Docker's schema 2: only what is needed of it. */
const manifest = z.object({
  layers: z.array(z.object({ digest: z.string().refine(isDigest) })).max(MAX_LAYERS),
});

export interface ImageLayer {
  digest: string;
  /** Where its blob lies in the registry. */
  url: string;
}

/** The layers of an image, lowest first, as its manifest lists them; each once. Throws {@link ScanError}. */
export async function layersOf({ target, pullToken, signal }: ScanRequest): Promise<ImageLayer[]> {
  const client = new RegistryClient({ baseUrl: target.registryUrl, tokenFor: pullToken, maxConnections: 1 });
  try {
    const answer = await client.manifest(target.repository, target.digest, { signal });
    if (answer.state !== 'found') throw new ScanError('refused', 'it is not in the registry any more');
    const digests = digestsIn(answer.body);
    const blobs = `${target.registryUrl.replace(/\/+$/, '')}/v2/${target.repository}/blobs`;
    return digests.map((digest) => ({ digest, url: `${blobs}/${digest}` }));
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new ScanError('failed', `its manifest could not be read: ${error.message}`, { cause: error });
  } finally {
    void client.close();
  }
}

function digestsIn(body: Buffer): string[] {
  try {
    return [...new Set(manifest.parse(JSON.parse(body.toString('utf8'))).layers.map((layer) => layer.digest))];
  } catch {
    throw new ScanError('refused', 'its manifest lists no layers');
  }
}
