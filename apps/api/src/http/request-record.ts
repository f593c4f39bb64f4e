import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Count, Metrics, Observed, Series } from '#platform/metrics/metrics.js';
import { isWireUrl } from './wire-url.js';

/** Upper bounds, seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STATUSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
/** What no route is for. */
const NO_ROUTE = { method: 'any', route: 'none' };

type Routes = Readonly<Record<'method' | 'route', readonly string[]>>;
type Answers = Routes & Readonly<Record<'status', typeof STATUSES>>;

/**
 * Counts and times requests by the template of their route (`/api/v1/tags/:id`), never by what a client sent. Token
 * requests and notifications have metrics of their own.
 */
export class RequestRecord {
  private readonly methods = new Set<string>([NO_ROUTE.method]);
  private readonly routes = new Set<string>([NO_ROUTE.route]);
  private seconds: Series<Routes, Observed> | null = null;
  private answers: Series<Answers, Count> | null = null;

  /** Must be made before any route. */
  constructor(private readonly fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) this.methods.add(one);
      this.routes.add(url);
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      if (!isWireUrl(request.url)) this.note(request, reply.statusCode, reply.elapsedTime / 1_000);
      done();
    });
  }

  /** Declares the metrics, once all routes are known. */
  showIn(metrics: Metrics): void {
    this.fastify.addHook('onReady', (done) => {
      const labels = { method: [...this.methods], route: [...this.routes] };
      this.seconds = metrics.histogram(
        {
          name: 'portus_http_request_seconds',
          help: 'Time from a request to its answer, by the template of its route.',
          labels,
          sparse: true,
        },
        BUCKETS,
      );
      this.answers = metrics.counter({
        name: 'portus_http_requests_total',
        help: 'Requests by the template of their route and the class of their status.',
        labels: { ...labels, status: STATUSES },
        sparse: true,
      });
      done();
    });
  }

  private note({ method, routeOptions }: FastifyRequest, statusCode: number, seconds: number): void {
    const { url } = routeOptions;
    const of = url !== undefined && this.methods.has(method) ? { method, route: url } : NO_ROUTE;
    const status = STATUSES[Math.floor(statusCode / 100) - 1] ?? '5xx';
    this.seconds?.of(of).observe(seconds);
    this.answers?.of({ ...of, status }).inc();
  }
}
