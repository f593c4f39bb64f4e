import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Metrics } from '#platform/metrics/metrics.js';
import { serveMetrics } from '#platform/metrics/metrics-server.js';
import { quietPort } from '../support/ports.js';

const logger = { warn: () => undefined };

describe(serveMetrics.name, () => {
  let server: Server | null = null;

  afterEach(async () => {
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    server = null;
  });

  async function start(): Promise<{ port: number; url: string; metrics: Metrics }> {
    const metrics = new Metrics();
    const port = await quietPort();
    server = await serveMetrics(port, '127.0.0.1', metrics, logger);
    return { port, url: `http://127.0.0.1:${port}`, metrics };
  }

  it('shows what was counted, and the process with the lag of its event loop', async () => {
    const { url, metrics } = await start();
    metrics.counter({ name: 'things_total', help: 'Things.', labels: {} }).of({}).inc(7);
    const answer = await fetch(`${url}/metrics?x=1`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await answer.text();
    expect(text).toContain('things_total 7\n');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('serves one path, to be read only', async () => {
    const { url } = await start();
    const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const path of ['/', '/metrics/', '/metricsx', '/%6detrics']) {
      expect((await fetch(url + path)).status).toBe(404);
    }
    const post = await fetch(`${url}/metrics`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('cuts off headers that are too large, and connections that say nothing', async () => {
    const { url, port } = await start();
    const large = await fetch(`${url}/metrics`, { headers: { 'x-large': 'x'.repeat(9_000) } });
    expect(large.status).toBe(431);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write('GET /metrics HTTP/1.1\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  it('does not listen on port 0', async () => {
    expect(await serveMetrics(0, '127.0.0.1', new Metrics(), logger)).toBeNull();
  });
});
