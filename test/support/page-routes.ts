import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tests run in the root of the tree. */
const ROUTES = 'apps/web/src/routes';

/** Every path of the page's router, as its sources name them: a page that is new is found here without being listed. */
export function pageRoutes(folder = ROUTES): string[] {
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  return sources.flatMap((text) => [...text.matchAll(/^ {2}path: '([^']+)',$/gm)].map(([, path]) => path!)).toSorted();
}
