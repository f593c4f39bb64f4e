import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Nothing from elsewhere. The renderer sets style attributes and draws its arrows as `data:` images. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Portus: REST API</title>
<link rel="stylesheet" href="/documentation/swagger-ui.css">
<link rel="icon" href="data:,">
<body>
<noscript>This page needs a script. The same is in <a href="/api/openapi.json">openapi.json</a>.</noscript>
<main id="operations"></main>
<script src="/documentation/swagger-ui-bundle.js"></script>
<script src="/documentation/start.js"></script>
</body>
</html>
`;

/** Reading only: what is tried out by mistake is done, and a form for it is not what a description is for. */
const START = `SwaggerUIBundle({
  url: '/api/openapi.json',
  domNode: document.getElementById('operations'),
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  supportedSubmitMethods: [],
  validatorUrl: null,
  plugins: [() => ({ wrapComponents: { authorizeBtn: () => () => null, ServersContainer: () => () => null } })],
});
`;

const assetFile = (name: string): string => createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);

/** `/documentation`: the OpenAPI document as a page to read, out of files that come with the program. */
export function serveDocumentation(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  route(fastify, '/documentation', 'text/html; charset=utf-8', () => PAGE);
  route(fastify, '/documentation/start.js', 'text/javascript; charset=utf-8', () => START);
  for (const [name, type] of [
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['swagger-ui.css', 'text/css; charset=utf-8'],
  ] as const) {
    route(fastify, `/documentation/${name}`, type, () => readFileSync(assetFile(name), 'utf8'));
  }
}

/** Read and compressed when it is first asked for: most programs never are. */
function route(fastify: FastifyInstance, url: string, type: string, load: () => string): void {
  let packed: Buffer | null = null;
  fastify.get(url, async (request, reply: FastifyReply) => {
    const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    reply.headers({
      'content-type': type,
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
    });
    if (!zipped) return reply.send(load());
    packed ??= gzipSync(load());
    return reply.header('content-encoding', 'gzip').send(packed);
  });
}
