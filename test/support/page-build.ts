import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MANIFEST = 'dist/apps/web/manifest.json';
const ROUTES = 'apps/web/src/routes';

interface Chunk {
  file: string;
  src?: string;
  isEntry?: boolean;
  isDynamicEntry?: boolean;
  /** Keys of chunks without which this one does not run. */
  imports?: string[];
}

/** What the build made of the page, by source; tests run in the root of the tree. */
export type Manifest = Record<string, Chunk>;

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest;
}

/** The files of a browser's first visit, whichever page it opens: the entry, and all that it imports before it runs. */
export function firstFiles(manifest: Manifest): Set<string> {
  const files = new Set<string>();
  const add = (key: string): void => {
    const { file, imports = [] } = manifest[key]!;
    if (files.has(file)) return;
    files.add(file);
    imports.forEach(add);
  };
  Object.keys(manifest)
    .filter((key) => manifest[key]!.isEntry)
    .forEach(add);
  return files;
}

/** Sources of all pages, as the routes name them: keys of the manifest. */
export function pageSources(): string[] {
  const texts = readdirSync(ROUTES).map((file) => readFileSync(join(ROUTES, file), 'utf8'));
  const found = texts.flatMap((text) => [...text.matchAll(/import\('\.\.\/(pages\/[\w/-]+)\.js'\)/g)]);
  return found.map(([, page]) => `src/${page}.tsx`);
}
