import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';

/** Where the build puts the page, below the folder that Portus lies in. */
const FOLDER = 'dist/apps/web/public/';

/** The page's own addresses, those of Portus; the router in the browser knows what is behind them. */
export const PAGES = [
  '/',
  '/users/*',
  '/namespaces',
  '/namespaces/*',
  '/repositories',
  '/repositories/*',
  '/tags/*',
  '/deletions',
  '/deletions/*',
  '/teams',
  '/teams/*',
  '/search',
  '/explore',
  '/reset_password',
  '/why',
  '/denials',
  '/truth',
  '/truth/*',
  '/scans',
  '/health',
  '/start',
  '/help',
  '/admin/*',
];

const NEVER_INLINE = [
  "default-src 'none'",
  "script-src 'self'",
  // The component library sets sizes and colours by style attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-security-policy': NEVER_INLINE,
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/**
 * Serves the page and its files: the page itself is asked for anew each time, its files carry their contents' hash in
 * their names and are kept for a year.
 */
export async function servePage(app: NestFastifyApplication): Promise<void> {
  const root = pageFolder(dirname(fileURLToPath(import.meta.url)));
  if (root === null) return;
  const fastify = app.getHttpAdapter().getInstance();
  // Only files of the build are served, each as a route of its own: no other path reaches the disk.
  await app.register(fastifyStatic, { root, wildcard: false, index: false, preCompressed: true, setHeaders });
  for (const url of PAGES) fastify.get(url, (_request, reply) => sendPage(reply as unknown as FastifyReply));
}

/** The page of the nearest folder above that has one: the programs and the sources lie at different depths. null: none was built. */
function pageFolder(from: string): string | null {
  const folder = join(from, FOLDER);
  if (existsSync(join(folder, 'index.html'))) return folder;
  return dirname(from) === from ? null : pageFolder(dirname(from));
}

function sendPage(reply: FastifyReply): FastifyReply {
  return reply.sendFile('index.html', { cacheControl: false });
}

function setHeaders(reply: FastifyReply, path: string): void {
  const kept = path.includes('/assets/');
  reply.headers({
    ...PAGE_HEADERS,
    'cache-control': kept ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
}
