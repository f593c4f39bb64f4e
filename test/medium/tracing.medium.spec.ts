import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { traceCall } from '#catalog/trace-call.js';
import { JOBS, QUEUES, type JobPayload } from '#domain/jobs/jobs.js';
import { createLogger } from '#platform/logging/logger.js';
import { startTracing } from '#platform/tracing/start-tracing.js';
import { installTracer, traced } from '#platform/tracing/tracing.js';
import { Doorbell, type RingableQueue } from '#queues/doorbell.js';
import { RegistryClient } from '#registry/registry-client.js';
import { answerRing } from '../../apps/worker/src/jobs/answer-ring.js';
import { ApiInProcess } from '../support/api-in-process.js';
import { OtlpReceiver } from '../support/otlp.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

describe('traces by OpenTelemetry', () => {
  const logger = createLogger('test', 'fatal');
  let collector: OtlpReceiver;
  let stop: () => Promise<void>;
  let api: ApiInProcess;

  beforeAll(async () => {
    collector = await OtlpReceiver.start();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.endpoint);
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'service.name=named-by-the-environment');
    stop = await startTracing('portus-test', logger);
    api = await ApiInProcess.start();
  });
  afterAll(async () => {
    await api?.stop();
    installTracer(null);
    vi.unstubAllEnvs();
    await collector?.stop();
  });

  it('follows a request through its decision, a ring, the job and a read of the registry, and sends it all', async () => {
    const rung: JobPayload[] = [];
    const queue: RingableQueue = { add: async (_, payload) => void rung.push(payload) };
    const bell = new Doorbell(Object.fromEntries(QUEUES.map((name) => [name, queue])) as never, () => undefined);
    const registry = await Receiver.start();
    registry.answer = (response) => response.setHeader('docker-distribution-api-version', 'registry/2.0').end('{}');
    const baseUrl = `http://127.0.0.1:${registry.port}`;
    const client = new RegistryClient({ baseUrl, tokenFor: async () => 'a-secret-token', around: traceCall });

    const basic = Buffer.from(`${api.admin.username}:${api.admin.password}`).toString('base64');
    const answer = await api.app.inject({
      url: '/v2/token?service=registry.test:5000&scope=repository:admin/app:pull,push',
      headers: { traceparent: `00-${TRACE}-${PARENT}-01`, authorization: `Basic ${basic}` },
    });
    expect(answer.statusCode).toBe(200);
    await traced('a notification', { traceparent: `00-${TRACE}-${PARENT}-01` }, async () =>
      bell.tryRing('registry-events', 'r1'),
    );
    expect(rung[0]).toMatchObject({ v: 1, requestId: 'r1', traceparent: expect.stringContaining(TRACE) });
    expect(JOBS['registry-events'].payload.parse(rung[0])).toEqual(rung[0]);
    const job = { id: '7', data: rung[0], attemptsMade: 0 };
    await answerRing('registry-events', job, logger, () =>
      traced('reconcile', {}, async () => void (await client.ping())),
    );
    await client.close();
    expect(registry.received[0]!.headers['traceparent']).toContain(TRACE);
    await registry.stop();

    await stop();
    const spans = await until('all spans', () => {
      const found = collector.spans().filter(({ traceId }) => traceId === TRACE);
      return found.length === 6 && found;
    });
    const of = (name: string) => spans.find((span) => span.name === name)!;
    expect(of('GET /v2/token').parentSpanId).toBe(PARENT);
    expect(of('token decision').parentSpanId).toBe(of('GET /v2/token').spanId);
    expect(of('token decision').attributes).toMatchObject({
      'portus.asked': 'repository:admin/app:pull,push',
      'portus.granted': 'repository:admin/app:pull,push',
    });
    expect(of('job registry-events').parentSpanId).toBe(of('a notification').spanId);
    expect(of('reconcile').parentSpanId).toBe(of('job registry-events').spanId);
    expect(of('GET registry').parentSpanId).toBe(of('reconcile').spanId);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['named-by-the-environment']));
    for (const secret of [api.admin.password, basic, 'a-secret-token']) expect(collector.text).not.toContain(secret);
  });
});
