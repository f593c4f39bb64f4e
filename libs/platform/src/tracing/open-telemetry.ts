import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind as Kind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { atMost } from '../lifecycle/at-most.js';
import { VERSION } from '../program/version.js';
import type { OpenSpan, SpanKind, SpanOptions, Tracer } from './tracing.js';

const KINDS: Record<SpanKind, Kind> = {
  server: Kind.SERVER,
  client: Kind.CLIENT,
  consumer: Kind.CONSUMER,
  internal: Kind.INTERNAL,
};

/** What is left is sent when the program ends, but a receiver that is away must not hold it up: milliseconds. */
const PARTING_MS = 2_000;

/**
 * The official SDK, set up by its standard variables: endpoint, headers, timeouts, sampler, limits of the batches and of
 * spans. Spans that can not be sent in time are dropped; nobody waits for them.
 *
 * @param program `service.name` where OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES do not say another
 */
export function openTelemetry(program: string): { tracer: Tracer; stop: () => Promise<void> } {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const own = resourceFromAttributes({ 'service.name': program, 'service.version': VERSION });
  const resource = defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const made = provider.getTracer('portus', VERSION);
  const open = (name: string, { kind = 'internal', attributes = {}, traceparent }: SpanOptions): OpenSpan => {
    const parent = parentOf(traceparent);
    const span = made.startSpan(name, { kind: KINDS[kind], attributes: { ...attributes } }, parent);
    return openSpan(span, trace.setSpan(parent, span));
  };
  const stop = async (): Promise<void> => {
    await atMost(
      PARTING_MS,
      provider.shutdown().catch(() => undefined),
    );
  };
  return { tracer: { open, traceparent: currentTraceparent }, stop };
}

function parentOf(traceparent: string | undefined): Context {
  return traceparent === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, { traceparent });
}

function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

function openSpan(span: Span, inside: Context): OpenSpan {
  return {
    traceId: span.spanContext().traceId,
    within: (work) => context.with(inside, work),
    set: (attributes) => void span.setAttributes({ ...attributes }),
    end: (error) => {
      // Messages of errors may hold what was asked for; the log has them, with what is secret taken out.
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: nameOf(error) });
      span.end();
    },
  };
}

function nameOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'error';
}
