import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Routes by the segments of their path; a parameter is null. */
type Route = { segments: (string | null)[]; method: string };

const routesOf = new WeakMap<object, Route[]>();

/** Remembers which methods the paths of a Fastify instance have. Call it before routes are added. */
export function rememberRoutes(fastify: FastifyInstance): void {
  const routes: Route[] = [];
  routesOf.set(fastify.server, routes);
  fastify.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const segments = segmentsOf(url).map((segment) => (segment.startsWith(':') ? null : segment));
    for (const one of [method].flat()) routes.push({ segments, method: one });
  });
}

/** Methods of the path of a request that no route was found for; none where nothing has that path. */
export function allowedMethods(request: FastifyRequest): string[] {
  const path = segmentsOf(request.url.split('?', 1)[0]!);
  const routes = routesOf.get(request.server.server) ?? [];
  const methods = routes
    .filter(
      ({ segments }) => segments.length === path.length && segments.every((one, i) => one === null || one === path[i]),
    )
    .map(({ method }) => method);
  return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].toSorted();
}

/** Answers `OPTIONS` of a path that exists with what it allows, and says so with a refusal of any other method. */
export function answerMethod(request: FastifyRequest, reply: FastifyReply): 'answered' | 'refused' | 'unknown' {
  if (!request.is404) return 'unknown';
  const allowed = allowedMethods(request);
  if (allowed.length === 0) return 'unknown';
  reply.header('allow', allowed.join(', '));
  if (request.method !== 'OPTIONS') return 'refused';
  void reply.code(204).send();
  return 'answered';
}

const segmentsOf = (path: string): string[] => path.split('/');
