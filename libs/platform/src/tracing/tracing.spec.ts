import { afterEach, describe, expect, it } from 'vitest';
import { installTracer, type SpanOptions, traced } from './tracing.js';

afterEach(() => installTracer(null));

describe(traced.name, () => {
  it('is the work alone without a tracer', async () => {
    expect(await traced('work', {}, async () => 7)).toBe(7);
    await expect(traced('work', {}, async () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  it('opens a span around the work, and ends it with what went wrong', async () => {
    const told: unknown[] = [];
    const open = (name: string, options: SpanOptions) => {
      told.push([name, options]);
      const within = <T>(work: () => T): T => work();
      return { traceId: 't', within, set: () => undefined, end: (error?: unknown) => void told.push(error) };
    };
    installTracer({ open, traceparent: () => undefined });
    expect(await traced('one', { kind: 'client' }, async () => 7)).toBe(7);
    const error = new Error('failed');
    await expect(traced('two', {}, async () => Promise.reject(error))).rejects.toThrow(error);
    expect(told).toEqual([['one', { kind: 'client' }], undefined, ['two', {}], error]);
  });
});
