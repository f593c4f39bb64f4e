import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type OpenSpan, tracer } from '#platform/tracing/tracing.js';

/** Opens a span for each request but those in `quiet`, by the template of its route. Without a tracer it adds nothing. */
export function traceRequests(fastify: FastifyInstance, quiet: ReadonlySet<string>): void {
  const tracing = tracer();
  if (tracing === null) return;
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    if (quiet.has(route)) return done();
    const { method, headers, id } = request;
    const traceparent = typeof headers['traceparent'] === 'string' ? headers['traceparent'] : undefined;
    const attributes = { 'http.request.method': method, 'http.route': route, 'portus.request_id': id };
    const span = tracing.open(`${method} ${route}`, { kind: 'server', attributes, traceparent });
    spans.set(request, span);
    span.within(done);
  });
  // What goes on when a body was read goes on outside of the context.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.within(done);
    else done();
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': statusCode });
    span?.end(statusCode >= 500 ? { code: String(statusCode) } : undefined);
    done();
  });
}
