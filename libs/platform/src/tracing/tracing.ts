/** What a span tells: few and short values, and never a secret or anything that a stranger typed without a limit. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** server: it answers a request; client: it asks another program; consumer: it takes a job; internal: all other work. */
export type SpanKind = 'server' | 'client' | 'consumer' | 'internal';

export interface SpanOptions {
  kind?: SpanKind;
  attributes?: Attributes;
  /** Of whoever asked for it (W3C Trace Context); default: the span at work. */
  traceparent?: string | undefined;
}

/** A span that was begun. */
export interface OpenSpan {
  readonly traceId: string;
  /** Runs something as a part of it: spans that are begun there are its children. */
  within<T>(work: () => T): T;
  set(attributes: Attributes): void;
  /** With what went wrong, if anything did. */
  end(error?: unknown): void;
}

export interface Tracer {
  open(name: string, options: SpanOptions): OpenSpan;
  /** Of the span at work, for whoever is asked next (W3C Trace Context); undefined: there is none. */
  traceparent(): string | undefined;
}

let installed: Tracer | null = null;

/** For the start of a program, and for tests; null takes it away. */
export function installTracer(tracer: Tracer | null): void {
  installed = tracer;
}

/** The tracer of this process; null where traces are not wanted, which is the rule. */
export function tracer(): Tracer | null {
  return installed;
}

/** Runs the work in a span of its own; without a tracer that is the work alone. */
export async function traced<T>(
  name: string,
  options: SpanOptions,
  work: (span: OpenSpan | null) => Promise<T>,
): Promise<T> {
  if (installed === null) return work(null);
  const span = installed.open(name, options);
  try {
    const result = await span.within(() => work(span));
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}
