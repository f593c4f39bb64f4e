import { Receiver } from './receiver.js';

/** A span as it was received, with the program that sent it. */
export interface ReceivedSpan {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: Record<string, unknown>;
}

interface Pair {
  key: string;
  value: Record<string, unknown>;
}
interface Sent {
  resourceSpans: {
    resource: { attributes: Pair[] };
    scopeSpans: { spans: (Omit<ReceivedSpan, 'service' | 'attributes'> & { attributes: Pair[] })[] }[];
  }[];
}

/** Receives traces as a collector does: OTLP over HTTP, in JSON. */
export class OtlpReceiver {
  private constructor(private readonly receiver: Receiver) {
    receiver.answer = (response) => response.setHeader('content-type', 'application/json').end('{}');
  }

  static async start(): Promise<OtlpReceiver> {
    return new OtlpReceiver(await Receiver.start());
  }

  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.receiver.port}`;
  }

  /** Everything that was received, as it was sent. */
  get text(): string {
    return this.receiver.received.map(({ headers, body }) => JSON.stringify(headers) + body).join('\n');
  }

  spans(): ReceivedSpan[] {
    return this.receiver.received.flatMap(({ path, body }) => {
      if (path !== '/v1/traces') throw new Error(`traces were sent to ${path}`);
      return (JSON.parse(body) as Sent).resourceSpans.flatMap(({ resource, scopeSpans }) => {
        const service = String(valuesOf(resource.attributes)['service.name']);
        return scopeSpans
          .flatMap(({ spans }) => spans)
          .map((span) => ({ ...span, service, attributes: valuesOf(span.attributes) }));
      });
    });
  }

  async stop(): Promise<void> {
    await this.receiver.stop();
  }
}

const valuesOf = (pairs: Pair[]): Record<string, unknown> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));
