import type { Around } from '#registry/registry-client.js';
import { traced, tracer } from '#platform/tracing/tracing.js';

/** Puts each request to a registry into a span, which the registry may go on with. */
export const traceCall: Around = ({ method, url }, send) => {
  if (tracer() === null) return send({});
  const attributes = { 'http.request.method': method, 'server.address': url.host, 'url.path': url.pathname };
  return traced(`${method} registry`, { kind: 'client', attributes }, async (span) => {
    const traceparent = tracer()?.traceparent();
    const answer = await send(traceparent === undefined ? {} : { traceparent });
    span?.set({ 'http.response.status_code': answer.status });
    return answer;
  });
};
