import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { getToken } from '../support/ask-token.js';
import type { Program } from '../support/program.js';
import { scenes } from '../support/scenes.js';
import type { Stack } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { Visitor } from '../support/visitor.js';

/** Above what the programs need by themselves while they warm up, and far below what is thrown at them. */
const ROOM_BYTES = 160 * 1024 * 1024;
const HEADERS = 'GET / HTTP/1.1\r\nhost: x\r\n';
const BODY =
  'POST /api/v1/users HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n';
const PROBE = 'GET /_ping HTTP/1.1\r\nhost: x\r\n\r\n';

const portOf = (url: string): number => Number(new URL(url).port);

function residentBytes({ pid }: Program): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/** The built programs, with the limits that they have in production. */
scenes('clients that are slow, greedy or many', { flavours: ['2.8'] }, (house) => {
  const visitors: Visitor[] = [];
  afterAll(() => visitors.forEach((one) => one.leave()));

  const enter = async (count: number, port: number): Promise<Visitor[]> => {
    const entered = await Visitor.enterMany(count, port);
    visitors.push(...entered);
    return entered;
  };
  const ports = (stack: Stack): number[] => {
    const worker = stack.workers[0]!;
    return [stack.api.metricsUrl, worker.metricsUrl, worker.healthUrl].map(portOf);
  };
  /** Whether those who are no trouble are served, at every port. */
  const serves = async (stack: Stack): Promise<boolean> => {
    const worker = stack.workers[0]!;
    const token = await getToken(stack, { scope: 'repository:portus/app:pull' });
    const others = [stack.api.metricsUrl, worker.metricsUrl, `${worker.healthUrl}/_ping`, `${stack.url}/_health`];
    const answers = await Promise.all(others.map((url) => fetch(url).then(({ status }) => status)));
    return [token.status, ...answers].every((status) => status === 200);
  };

  it('are cut off one by one while all others are served, and cost a bounded amount of memory', async () => {
    const stack = house();
    const programs = [stack.api, stack.workers[0]!];
    const pids = programs.map(({ pid }) => pid);
    for (let round = 0; round < 20; round++) expect(await serves(stack)).toBe(true);
    const before = programs.map(residentBytes);
    const most = [...before];
    const port = portOf(stack.api.healthUrl);

    const slow = await enter(300, port);
    for (const one of slow) one.say(HEADERS).keepSaying('x-more: y\r\n', 500);
    const silent = await enter(200, port);
    const dripping = await enter(100, port);
    for (const one of dripping) one.say(BODY).say(Buffer.alloc(200_000, ' ')).keepSaying(' ', 500);
    for (const one of await enter(20, port)) one.say(PROBE.repeat(1_000));
    for (const one of await enter(50, port)) one.say(`${HEADERS}x: ${'x'.repeat(100_000)}`);
    for (const one of await enter(50, port)) one.say(`${HEADERS}${'x: y\r\n'.repeat(20_000)}\r\n`);
    for (const small of ports(stack)) {
      for (const one of await enter(60, small)) one.say(HEADERS).keepSaying('x-more: y\r\n', 500);
    }

    let meanwhile = 0;
    const all = [...slow, ...silent];
    await until(
      'they are gone',
      async () => {
        if (await serves(stack)) meanwhile += 1;
        programs.forEach((program, i) => (most[i] = Math.max(most[i]!, residentBytes(program))));
        return all.every(({ gone }) => gone);
      },
      { timeoutMs: 90_000, everyMs: 200 },
    );
    expect(meanwhile).toBeGreaterThan(5);
    expect(new Set(all.flatMap(({ statuses }) => statuses))).toEqual(new Set([408]));
    visitors.splice(0).forEach((one) => one.leave());
    expect(await serves(stack)).toBe(true);
    expect(programs.map(({ pid }) => pid)).toEqual(pids);
    most.forEach((bytes, i) => expect(bytes - before[i]!).toBeLessThan(ROOM_BYTES));
  });
});
