import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuiltContent, buildContent, buildImage, descriptor } from '../../test/factories/image.js';

/** A repository as it is to lie in a registry's storage: tag → manifest. */
export interface StoredRepository {
  name: string;
  tags: Map<string, BuiltContent>;
}

/** Manifests that differ, over one configuration and one layer: thousands of them take no room. */
export function manyManifests(count: number): BuiltContent[] {
  const { manifest } = SHARED;
  const plain = JSON.parse(manifest.body.toString('utf8')) as Record<string, unknown>;
  return Array.from({ length: count }, (_, i) =>
    buildContent(manifest.mediaType, { ...plain, annotations: { number: String(i) } }),
  );
}

const SHARED = buildImage({ seed: 'shared by all' });

/**
 * Writes repositories straight into the folder of a registry's `filesystem` storage, in the layout of distribution 2.8
 * and 3 (`registry/storage/paths.go`): as if the images had been pushed, ten thousand of them in a few seconds.
 */
export function writeStorage(dataDir: string, repositories: Iterable<StoredRepository>): void {
  const root = join(dataDir, 'docker/registry/v2');
  const blobs = new Set<string>();
  const blob = ({ digest, body }: BuiltContent): void => {
    if (blobs.has(digest)) return;
    blobs.add(digest);
    const hex = hexOf(digest);
    write(join(root, 'blobs/sha256', hex.slice(0, 2), hex, 'data'), body);
  };
  const contents = [SHARED.config, ...SHARED.layers];
  contents.forEach(blob);
  for (const { name, tags } of repositories) {
    const folder = join(root, 'repositories', name);
    for (const { digest } of contents) link(join(folder, '_layers/sha256', hexOf(digest)), digest);
    for (const manifest of new Set(tags.values())) {
      blob(manifest);
      link(join(folder, '_manifests/revisions/sha256', hexOf(manifest.digest)), manifest.digest);
    }
    for (const [tag, { digest }] of tags) {
      link(join(folder, '_manifests/tags', tag, 'current'), digest);
      link(join(folder, '_manifests/tags', tag, 'index/sha256', hexOf(digest)), digest);
    }
  }
}

/** The size that the catalog shows for each of the images, bytes. */
export const SHARED_SIZE = contentSize();

function contentSize(): number {
  return [SHARED.config, ...SHARED.layers].reduce((sum, content) => sum + descriptor(content).size, 0);
}

const hexOf = (digest: string): string => digest.replace('sha256:', '');

function link(folder: string, digest: string): void {
  write(join(folder, 'link'), digest);
}

function write(path: string, bytes: Buffer | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
