import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildImage, descriptor, type BuiltContent, type BuiltImage, type ImageOptions } from '../factories/image.js';

/** An image whose layers are really compressed, so that clients copy them byte for byte. */
export function buildCompressedImage(options: ImageOptions & { seed: string }): BuiltImage {
  return buildImage({ layers: [gzipSync(`layer of ${options.seed}`)], ...options });
}

/** An OCI image layout (image-spec, "Image Layout") that holds one tagged image or index. */
export async function writeLayout(
  folder: string,
  tag: string,
  top: BuiltContent,
  images: BuiltImage[],
): Promise<string> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const contents = [top, ...images.flatMap(({ manifest, config, layers }) => [manifest, config, ...layers])];
  for (const { digest, body } of contents) await writeFile(join(blobs, digest.replace('sha256:', '')), body);
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  const index = { schemaVersion: 2, manifests: [{ ...descriptor(top), annotations }] };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return `oci:${folder}:${tag}`;
}
