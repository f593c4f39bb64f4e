import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createListener, listen } from '#platform/http/listener.js';
import { type ListenerLimits, PUBLIC_LIMITS } from '#platform/http/listener-limits.js';
import { SECURITY_HEADERS } from '#platform/http/security-headers.js';
import { until } from '../support/until.js';
import { Visitor } from '../support/visitor.js';

const MIB = 1024 * 1024;
const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
const QUICK = { headersMs: 2_000, requestMs: 2_000, keepAliveMs: 1_000, checkMs: 100 };

describe(createListener.name, () => {
  let server: Server | null = null;
  const visitors: Visitor[] = [];
  const warnings: string[] = [];

  afterEach(async () => {
    for (const visitor of visitors.splice(0)) visitor.leave();
    warnings.length = 0;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    server = null;
  });

  async function start(handler: RequestListener, limits: Partial<ListenerLimits> = {}): Promise<number> {
    server = createListener({ ...PUBLIC_LIMITS, ...limits }, handler, (text) => warnings.push(text));
    await listen(server, 0, '127.0.0.1');
    return (server.address() as AddressInfo).port;
  }

  async function enter(count: number, port: number): Promise<Visitor[]> {
    const entered = await Visitor.enterMany(count, port);
    visitors.push(...entered);
    return entered;
  }

  /** Answers when the body is there. */
  const echo: RequestListener = (request, response) => {
    request.on('error', () => undefined).on('data', () => undefined);
    request.on('end', () => response.end('ok'));
  };
  const served = async (port: number): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x'.repeat(1_000) })).status === 200;

  it.each([
    { who: 'say nothing', opening: '', drip: '' },
    { who: 'never finish their headers', opening: 'GET / HTTP/1.1\r\nhost: x\r\n', drip: 'x-more: y\r\n' },
    { who: 'never finish their request line', opening: 'GET /', drip: 'a' },
    {
      who: 'never finish their body',
      opening: 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n',
      drip: 'x',
    },
    {
      who: 'never finish their chunks',
      opening: 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
      drip: '1\r\nx\r\n',
    },
  ])('tells those who $who to go, and serves the others meanwhile', async ({ opening, drip }) => {
    const port = await start(echo, QUICK);
    const slow = await enter(100, port);
    for (const one of slow) {
      if (opening !== '') one.say(opening);
      if (drip !== '') one.keepSaying(drip, 50);
    }
    const some = (): boolean => slow.some(({ gone }) => !gone);
    let meanwhile = 0;
    await until(
      'all of them are gone',
      async () => {
        expect(await served(port)).toBe(true);
        if (some()) meanwhile += 1;
        return !some();
      },
      { timeoutMs: 30_000 },
    );
    expect(meanwhile).toBeGreaterThan(0);
    expect(new Set(slow.flatMap(({ statuses }) => statuses))).toEqual(new Set([408]));
    expect(await served(port)).toBe(true);
  });

  it.each([
    ['large', `x-large: ${'x'.repeat(20_000)}\r\n`],
    ['many', 'x: y\r\n'.repeat(10_000)],
    ['without end', 'x'.repeat(MIB)],
  ])('refuses headers that are %s', async (_, headers) => {
    const port = await start(echo);
    const [visitor] = (await enter(1, port)) as [Visitor];
    visitor.say(`GET / HTTP/1.1\r\nhost: x\r\n${headers}\r\n`);
    await until('it is gone', () => visitor.gone);
    // What is on its way when the connection ends may cost the answer.
    for (const status of visitor.statuses) expect(status).toBe(431);
    expect(await served(port)).toBe(true);
  });

  it('gives what it answers itself the headers of all answers', async () => {
    const port = await start(echo);
    const [visitor] = (await enter(1, port)) as [Visitor];
    visitor.say('NONSENSE\r\n\r\n');
    await until('it is gone', () => visitor.gone);
    expect(visitor.statuses).toEqual([400]);
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      expect(visitor.received).toContain(`${name}: ${value}`);
  });

  it('says nothing into an answer that has begun', async () => {
    const port = await start((_, response) => response.write('the beginning'));
    const [visitor] = (await enter(1, port)) as [Visitor];
    visitor.say(GET);
    await until('it has begun', () => visitor.received.includes('the beginning'));
    visitor.say('NONSENSE\r\n\r\n');
    await until('it is gone', () => visitor.gone);
    expect(visitor.statuses).toEqual([200]);
  });

  it('hands on no more requests of a connection than it may have under way', async () => {
    const waiting: ServerResponse[] = [];
    const port = await start((_, response) => waiting.push(response), { pipelined: 8 });
    const [visitor, other] = (await enter(2, port)) as [Visitor, Visitor];
    visitor.say(GET.repeat(500));
    other.say(GET);
    await until('both were heard', () => waiting.length === 9);
    for (const response of waiting) response.end('ok');
    await until('it is gone', () => visitor.gone);
    expect(visitor.statuses).toEqual([...Array.from({ length: 8 }, () => 200), 429]);
    expect(other.statuses).toEqual([200]);
    expect(waiting).toHaveLength(9);
  });

  it('answers requests that come one after the other without an end', async () => {
    const port = await start(echo, { pipelined: 8 });
    const [visitor] = (await enter(1, port)) as [Visitor];
    for (let count = 1; count <= 50; count++) {
      visitor.say(GET);
      await until('it is answered', () => visitor.statuses.length === count);
    }
    expect(new Set(visitor.statuses)).toEqual(new Set([200]));
  });

  it('has room for the next one however many are idle, and lets the oldest go', async () => {
    const port = await start(echo, { connections: 40 });
    const silent = await enter(25, port);
    for (let round = 0; round < 5; round++) {
      await enter(10, port);
      expect(await served(port)).toBe(true);
    }
    await until('the oldest are gone', () => silent.every(({ gone }) => gone));
    expect(warnings).toEqual([expect.stringContaining('of 40 connections are open')]);
    await until('no more than allowed are left', () => visitors.filter(({ gone }) => !gone).length <= 40);
  });

  it('lets nobody go whose answer is being made', async () => {
    const waiting: ServerResponse[] = [];
    const port = await start((_, response) => waiting.push(response), { connections: 20 });
    const busy = await enter(10, port);
    for (const one of busy) one.say(GET);
    await until('all were heard', () => waiting.length === 10);
    const silent = await enter(40, port);
    await until('others are gone', () => silent.filter(({ gone }) => gone).length >= 25);
    for (const response of waiting) response.end('ok');
    await until('all are answered', () => busy.every(({ statuses }) => statuses[0] === 200));
  });

  it('holds no more of unfinished bodies than it has room for', async () => {
    const port = await start(echo, { unfinishedBytes: MIB, checkMs: 100 });
    const opening = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${MIB}\r\n\r\n`;
    const patient: Visitor[] = [];
    for (let count = 0; count < 8; count++) {
      const [one] = (await enter(1, port)) as [Visitor];
      patient.push(one.say(opening).say(Buffer.alloc(256 * 1024)));
    }
    await until('the oldest are gone', () => patient.filter(({ gone }) => gone).length >= 4);
    expect(await served(port)).toBe(true);
    expect(patient.slice(-3).every(({ gone }) => !gone)).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('unfinished bodies')]);
  });

  it('does not keep an answer for those who do not read it', async () => {
    const port = await start((_, response) => response.end(Buffer.alloc(32 * MIB)), { idleMs: 2_000 });
    const [visitor] = (await enter(1, port)) as [Visitor];
    visitor.stopReading().say(GET);
    const count = () =>
      new Promise<number>((resolve, reject) =>
        server!.getConnections((error, open) => (error ? reject(error) : resolve(open))),
      );
    await until('it is connected', async () => (await count()) === 1);
    await until('it is gone', async () => (await count()) === 0, { timeoutMs: 30_000 });
  });
});
