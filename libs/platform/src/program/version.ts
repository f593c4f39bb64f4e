import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of this Portus; `unknown` without its package.json. */
export const VERSION = versionOf(dirname(fileURLToPath(import.meta.url)));

/** Of the nearest package.json above a folder: it is another one when built. */
function versionOf(folder: string): string {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
    if (name === 'portus' && version !== undefined) return version;
  } catch {
    // Not in this folder.
  }
  return dirname(folder) === folder ? 'unknown' : versionOf(dirname(folder));
}
