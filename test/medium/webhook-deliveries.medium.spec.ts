import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Sealer } from '#platform/secrets/sealer.js';
import { DeliveryRunner } from '#webhooks/delivery-runner.js';
import { SEALED } from '#webhooks/hook-request.js';
import { DeliveryBench } from '../support/delivery-bench.js';
import { until } from '../support/until.js';

let bench: DeliveryBench;
beforeAll(async () => {
  bench = await DeliveryBench.create();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const set = (webhook: number, column: string, value: unknown) =>
  bench.database.sql.query(`UPDATE webhooks SET ${column} = $2 WHERE id = $1`, [webhook, value]);
const addHeader = (webhook: number, name: string, value: string) =>
  bench.database.sql.query('INSERT INTO webhook_headers (webhook_id, name, value) VALUES ($1, $2, $3)', [
    webhook,
    name,
    bench.sealer.seal(value, SEALED.header),
  ]);

describe('a delivery', () => {
  it('is a signed request with the headers of its webhook, and its log hides what is secret', async () => {
    const hook = await bench.hook();
    await set(hook, 'secret', bench.sealer.seal('a shared secret', SEALED.secret));
    await set(hook, 'username', 'portus');
    await set(hook, 'password', bench.sealer.seal('hunter2', SEALED.password));
    await addHeader(hook, 'X-Room', 'blue');
    const id = await bench.deliver(hook);
    await bench.work();
    const [got, ...others] = bench.receiver.received;
    expect(others).toEqual([]);
    const row = await bench.row(hook, id);
    expect(got).toMatchObject({ method: 'POST', path: '/hook' });
    expect(got!.headers).toMatchObject({
      'content-type': 'application/json',
      'x-portus-event': 'push',
      'x-portus-delivery': row.uuid,
      'x-room': 'blue',
      authorization: `Basic ${Buffer.from('portus:hunter2').toString('base64')}`,
    });
    const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(got!.headers['x-portus-signature']))!;
    expect(createHmac('sha256', 'a shared secret').update(`${time}.${got!.body}`).digest('hex')).toBe(mac);
    expect(row).toMatchObject({ state: 'delivered', status: 200, attempts: 1, reason: null, responseBody: 'thanks' });
    expect(row.requestBody).toBe(got!.body);
    expect(row.requestHeader).toMatchObject({ 'x-room': '(hidden)', authorization: '(hidden)' });
    const stored = JSON.stringify(
      await bench.database.sql.query('SELECT w.*, d.* FROM webhooks w, webhook_deliveries d'),
    );
    for (const secret of ['hunter2', 'a shared secret', 'blue', Buffer.from('portus:hunter2').toString('base64')]) {
      expect(stored).not.toContain(secret);
    }
  });

  it('succeeds with any 2xx (Portus took exactly 200)', async () => {
    bench.receiver.answer = (response) => response.writeHead(204).end();
    const hook = await bench.hook();
    const id = await bench.deliver(hook);
    await bench.work();
    expect(await bench.row(hook, id)).toMatchObject({ state: 'delivered', status: 204 });
  });

  it('is tried again after a while that grows, under the same id, and is dead in the end', async () => {
    bench.receiver.answer = (response) => response.writeHead(500).end('oh no');
    const hook = await bench.hook();
    const id = await bench.deliver(hook);
    const pauses: number[] = [];
    for (let i = 1; i <= 3; i++) {
      await bench.work();
      await bench.work();
      expect(bench.receiver.received, 'not before its time').toHaveLength(i);
      pauses.push(
        await bench.database.value(
          'SELECT extract(epoch FROM next_attempt_at - attempted_at)::float FROM webhook_deliveries',
        ),
      );
      await bench.hurry('attempts');
    }
    expect(pauses[0]).toBeGreaterThanOrEqual(5);
    expect(pauses[1]).toBeGreaterThanOrEqual(10);
    expect(pauses[1]).toBeLessThanOrEqual(20);
    await bench.work();
    expect(await bench.row(hook, id)).toMatchObject({ state: 'dead', attempts: 3, status: 500, responseBody: 'oh no' });
    expect(new Set(bench.receiver.received.map(({ headers }) => headers['x-portus-delivery'])).size).toBe(1);
  });

  it('that is dead can be sent again, under the same id', async () => {
    bench.receiver.answer = (response) => response.writeHead(410).end();
    const hook = await bench.hook();
    const id = await bench.deliver(hook);
    await bench.work();
    expect(await bench.row(hook, id), 'gone is gone').toMatchObject({ state: 'dead', attempts: 1 });
    bench.receiver.answer = (response) => response.end();
    await bench.log.resend(id);
    await bench.work();
    expect(await bench.row(hook, id)).toMatchObject({ state: 'delivered', attempts: 1, reason: null });
    const [first, second] = bench.receiver.received;
    expect(second!.headers['x-portus-delivery']).toBe(first!.headers['x-portus-delivery']);
    expect(second!.body).toBe(first!.body);
  });

  it('waits for as long as the receiver asks for', async () => {
    bench.receiver.answer = (response) => response.writeHead(429, { 'retry-after': '900' }).end();
    const hook = await bench.hook();
    await bench.deliver(hook);
    await bench.work();
    const wait = 'SELECT extract(epoch FROM next_attempt_at - attempted_at)::float FROM webhook_deliveries';
    expect(await bench.database.value(wait)).toBe(900);
  });

  it('is given up on when no answer comes in time, and keeps no more of one than is bearable', async () => {
    const hook = await bench.hook();
    const hung = await bench.deliver(hook);
    bench.receiver.answer = () => undefined;
    await bench.work(bench.runner({ timeoutMs: 300 }));
    expect(await bench.row(hook, hung)).toMatchObject({
      state: 'waiting',
      status: 0,
      reason: 'did not answer in time',
    });
    const endless = await bench.deliver(hook);
    bench.receiver.answer = (response) => {
      response.writeHead(200, { 'x-nul': 'a', 'set-cookie': 'session=secret' });
      const more = (): void =>
        void (response.write(`\0${'x'.repeat(65_536)}`) ? setImmediate(more) : response.once('drain', more));
      response.on('error', () => undefined);
      more();
    };
    await bench.work();
    const row = await bench.row(hook, endless);
    expect(row).toMatchObject({ state: 'delivered', status: 200 });
    expect(row.responseBody).toMatch(/^x{16000,16384}$/);
    expect(row.responseHeader).not.toHaveProperty('set-cookie');
  });

  it('whose secrets can not be read is not sent, and says why', async () => {
    const hook = await bench.hook();
    await set(hook, 'secret', new Sealer('another base '.repeat(3)).seal('s', SEALED.secret));
    const id = await bench.deliver(hook);
    await bench.work();
    expect(await bench.row(hook, id)).toMatchObject({ state: 'waiting', status: 0 });
    expect((await bench.row(hook, id)).reason).toContain('PORTUS_SECRET_KEY_BASE');
    expect(bench.receiver.received).toEqual([]);
  });

  it('is a form, a GET or a CloudEvent where its webhook says so', async () => {
    const hook = await bench.hook();
    await set(hook, 'content_type', 'application/x-www-form-urlencoded');
    await set(hook, 'request_method', 'GET');
    await bench.deliver(hook);
    await bench.work();
    await set(hook, 'format', 'cloudevents');
    await set(hook, 'request_method', 'POST');
    await bench.deliver(hook);
    await bench.work();
    const [form, event] = bench.receiver.received;
    expect(form!.method).toBe('GET');
    expect(JSON.parse(new URLSearchParams(form!.body).get('payload')!)).toMatchObject({ action: 'push' });
    expect(event!.headers['content-type']).toContain('application/cloudevents+json');
    expect(JSON.parse(event!.body)).toMatchObject({ specversion: '1.0', type: 'portus.push.v1' });
  });
});

describe(DeliveryRunner.name, () => {
  it('sends what waits for one webhook in its order, one after the other', async () => {
    const hook = await bench.hook();
    const tags = Array.from({ length: 25 }, (_, i) => `v${i}`);
    for (const tag of tags) await bench.deliver(hook, tag);
    let busy = 0;
    let most = 0;
    bench.receiver.answer = (response) => {
      most = Math.max(most, ++busy);
      setImmediate(() => {
        busy -= 1;
        response.end();
      });
    };
    await Promise.all([bench.work(bench.runner()), bench.work(bench.runner())]);
    await until('all are delivered', async () => (await bench.states()).every((state) => state === 'delivered'));
    expect(bench.tags()).toEqual(tags);
    expect(most).toBe(1);
  });

  it('lets no webhook wait for the slow receiver of another (in Portus the notifications waited too)', async () => {
    const [slow, quick] = [await bench.hook(`${bench.receiver.url}/slow`), await bench.hook()];
    await bench.deliver(slow);
    bench.receiver.answer = (response, { path }) => void (path.endsWith('/slow') || response.end());
    const runner = bench.runner();
    await runner.ring();
    await until('the slow one is asked', () => bench.receiver.received.length === 1);
    const id = await bench.deliver(quick);
    await runner.ring();
    await until('the other is delivered', async () => (await bench.row(quick, id)).state === 'delivered');
  });

  it('sends nothing for a disabled webhook; what waits is sent when it is enabled again', async () => {
    const hook = await bench.hook();
    await set(hook, 'enabled', false);
    await bench.deliver(hook);
    await bench.work();
    expect(bench.receiver.received).toEqual([]);
    expect(await bench.log.backlog()).toMatchObject({ waiting: 0 });
    await set(hook, 'enabled', true);
    expect(await bench.log.backlog()).toMatchObject({ waiting: 1, dead: 0 });
    await bench.work();
    expect(await bench.states()).toEqual(['delivered']);
  });

  it('sends again what a worker died with: before it was sent, and after', async () => {
    const hook = await bench.hook();
    const id = await bench.deliver(hook);
    const dead = { id: '00000000-0000-4000-8000-000000000001', seconds: 60 };
    expect((await bench.queue.claim(dead.id, dead.seconds))?.id).toBe(hook);
    expect(await bench.queue.begin(hook, dead.id, dead.seconds)).toMatchObject({ attempts: 1 });
    await bench.work();
    expect(bench.receiver.received, 'it is believed to be at work').toEqual([]);
    await bench.hurry('leases');
    await bench.work();
    expect(bench.receiver.received).toEqual([]);
    await bench.hurry('attempts');
    await bench.work();
    expect(await bench.row(hook, id)).toMatchObject({ state: 'delivered', attempts: 2 });
    const late = { id, attempts: 1, state: 'waiting', status: 0, reason: 'late', duration: 1, pause: 1 } as const;
    const rest = { requestHeader: null, requestBody: null, responseHeader: {}, responseBody: '' };
    expect(await bench.queue.settle({ ...late, ...rest }), 'a worker that wakes up late changes nothing').toBe(false);
  });

  it('that is stopped in the middle puts back what it was at, and does not count it', async () => {
    const hook = await bench.hook();
    const id = await bench.deliver(hook);
    bench.receiver.answer = () => undefined;
    const runner = bench.runner();
    await runner.ring();
    await until('it is being sent', () => bench.receiver.received.length === 1);
    await runner.stop();
    expect(await bench.row(hook, id)).toMatchObject({ state: 'waiting', attempts: 0 });
    bench.receiver.answer = (response) => response.end();
    await bench.work();
    expect(await bench.row(hook, id)).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  it('leaves a target alone that failed five times in a row, tries it with one request, and goes on when it answers', async () => {
    const hooks = [await bench.hook(), await bench.hook(`${bench.receiver.url}/other`)];
    for (let i = 0; i < 8; i++) await bench.deliver(hooks[i % 2]!, `v${i}`);
    bench.receiver.answer = (response) => response.writeHead(503).end();
    const runner = bench.runner({ attempts: 10 });
    await bench.work(runner);
    const { length } = bench.receiver.received;
    // Both webhooks are worked for at once: one may be under way when the other has the fifth failure.
    expect(length).toBeGreaterThanOrEqual(5);
    expect(length).toBeLessThanOrEqual(6);
    await bench.hurry('attempts');
    expect(await bench.queue.hasDue()).toBe(false);
    await bench.work(runner);
    expect(bench.receiver.received).toHaveLength(length);
    expect(await bench.log.backlog()).toMatchObject({ resting: 1, waiting: 8 });
    await bench.hurry('targets');
    await Promise.all([bench.work(runner), bench.work(bench.runner({ attempts: 10 }))]);
    expect(bench.receiver.received, 'one request tries it').toHaveLength(length + 1);
    bench.receiver.answer = (response) => response.end();
    await bench.hurry('targets');
    await bench.hurry('attempts');
    await until('all are delivered', async () => {
      await bench.work(runner);
      return (await bench.states()).every((state) => state === 'delivered');
    });
    expect(await bench.log.backlog()).toMatchObject({ resting: 0, waiting: 0, oldestSeconds: 0 });
  });

  it('does not blame a target for what it does not want', async () => {
    bench.receiver.answer = (response) => response.writeHead(404).end();
    const hook = await bench.hook();
    for (let i = 0; i < 8; i++) await bench.deliver(hook);
    await bench.work();
    expect(bench.receiver.received).toHaveLength(8);
  });
});
