import { describe, expect, it } from 'vitest';
import { readTracingWish } from './start-tracing.js';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe(readTracingWish.name, () => {
  it.each([
    ['nothing', {}, false],
    ['an endpoint', ENDPOINT, true],
    ['an endpoint of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
    ['an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, false],
    ['the exporter alone', { OTEL_TRACES_EXPORTER: 'otlp' }, true],
    ['an endpoint, and no exporter', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, false],
    ['an endpoint, and the SDK switched off', { ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }, false],
  ])('reads %s', (_, env, wanted) => {
    expect(readTracingWish(env)).toEqual({ wanted, warnings: [] });
  });

  it('warns of what it does not have', () => {
    expect(readTracingWish({ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'zipkin' })).toEqual({
      wanted: false,
      warnings: ['OTEL_TRACES_EXPORTER is zipkin: only otlp and none are known'],
    });
    expect(readTracingWish({ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toEqual({
      wanted: true,
      warnings: ['OTLP is spoken as http/json, not as grpc'],
    });
  });
});
