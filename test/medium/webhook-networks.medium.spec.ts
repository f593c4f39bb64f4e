import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebhooksRepository } from '#persistence/webhooks.repository.js';
import { Sealer } from '#platform/secrets/sealer.js';
import type { DeliveryRunner } from '#webhooks/delivery-runner.js';
import type { Resolve } from '#webhooks/guarded-agent.js';
import { SEALED } from '#webhooks/hook-request.js';
import { resealWebhooks } from '#webhooks/reseal.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { DeliveryBench } from '../support/delivery-bench.js';
import { Receiver } from '../support/receiver.js';

let bench: DeliveryBench;
beforeAll(async () => {
  bench = await DeliveryBench.create();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

describe('a webhook reaches no private network', () => {
  const refused = async (url: string, runner: DeliveryRunner): Promise<void> => {
    const hook = await bench.hook(url);
    const id = await bench.deliver(hook);
    await bench.work(runner);
    expect(await bench.row(hook, id)).toMatchObject({ state: 'dead', attempts: 1, status: 0 });
    expect((await bench.row(hook, id)).reason).toContain('PORTUS_WEBHOOKS_ALLOWED_NETWORKS');
    expect(bench.receiver.received).toEqual([]);
  };

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0x7f000001', '0.0.0.0', '[::1]'])(
    'by default, however it is written: %s',
    (host) => refused(`http://${host}:${bench.receiver.port}/hook`, bench.runner({}, [])),
  );

  it('by a name that resolves to it, also beside another address', async () => {
    const resolve: Resolve = (_name, _options, callback) =>
      callback(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]);
    await refused(`http://hooks.example.test:${bench.receiver.port}/hook`, bench.runner({ resolve }, []));
  });

  it('by a name that resolves to something else at the second time (rebinding)', async () => {
    let asked = 0;
    const runner = bench.runner(
      {
        resolve: (_name, _options, callback) => {
          asked += 1;
          callback(null, [{ address: asked === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }]);
        },
      },
      ['127.0.0.2'],
    );
    const other = await Receiver.start('127.0.0.2', bench.receiver.port);
    try {
      const hook = await bench.hook(`http://hooks.example.test:${bench.receiver.port}/hook`);
      await bench.deliver(hook);
      await bench.work(runner);
      expect(await bench.states()).toEqual(['delivered']);
      expect(other.received).toHaveLength(1);
      expect(asked, 'what was checked is what is connected to').toBe(1);
      await bench.deliver(hook);
      await bench.work(runner);
      expect(await bench.states()).toEqual(['delivered', 'dead']);
      expect(bench.receiver.received).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  it('by a redirect: none is followed', async () => {
    bench.receiver.answer = (response) => response.writeHead(302, { location: `${bench.receiver.url}/inner` }).end();
    const hook = await bench.hook();
    const id = await bench.deliver(hook);
    await bench.work();
    expect(await bench.row(hook, id)).toMatchObject({ state: 'waiting', status: 302 });
    expect((await bench.row(hook, id)).reason).toContain('redirects are not followed');
    expect(bench.receiver.received).toHaveLength(1);
  });
});

it('whoever answers for an https URL without a certificate that is trusted is told nothing', async () => {
  const { keyPem, certificatePem } = await makeSigningKey({ commonName: 'localhost' });
  let requests = 0;
  const server = createServer({ key: keyPem, cert: certificatePem }, (_request, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const hook = await bench.hook(`https://localhost:${port}/hook`);
    const id = await bench.deliver(hook);
    await bench.work();
    const row = await bench.row(hook, id);
    expect(row).toMatchObject({ state: 'waiting', status: 0 });
    expect(row.reason).toMatch(/SELF_SIGNED/);
    expect(requests).toBe(0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('what is kept', () => {
  it('goes after its days, a bounded number at a time', async () => {
    const hook = await bench.hook();
    for (let i = 0; i < 5; i++) await bench.deliver(hook);
    await bench.database.sql.query(`UPDATE webhook_deliveries SET created_at = now() - interval '15 days'`);
    await bench.deliver(hook, 'new');
    expect(await bench.log.purge(14, 3)).toBe(3);
    expect(await bench.log.purge(14, 3)).toBe(2);
    expect(await bench.log.purge(14, 3)).toBe(0);
  });

  it('is sealed anew with the present key, while the former one is known', async () => {
    const hook = await bench.hook();
    const { sql } = bench.database;
    await sql.query('UPDATE webhooks SET secret = $1', [bench.sealer.seal('a shared secret', SEALED.secret)]);
    const values = [hook, bench.sealer.seal('blue', SEALED.header)];
    await sql.query(`INSERT INTO webhook_headers (webhook_id, name, value) VALUES ($1, 'X-Room', $2)`, values);
    const webhooks = new WebhooksRepository(sql);
    const present = new Sealer('the new base '.repeat(4), ['a base for tests '.repeat(3)]);
    expect(await resealWebhooks(webhooks, present)).toBe(2);
    expect(await resealWebhooks(webhooks, present)).toBe(0);
    await bench.deliver(hook);
    await bench.work(bench.runner({}, ['127.0.0.1'], new Sealer('the new base '.repeat(4))));
    expect(await bench.states()).toEqual(['delivered']);
    expect(bench.receiver.received[0]!.headers).toMatchObject({ 'x-room': 'blue' });
  });

  it('is sealed anew also when there is much that nobody can read before it', async () => {
    const { sql } = bench.database;
    const lost = new Sealer('a base that nobody has any more '.repeat(2));
    const hooks = [await bench.hook(), await bench.hook(), await bench.hook()];
    const seal = (sealer: Sealer) => sealer.seal('a shared secret', SEALED.secret);
    for (const hook of hooks) await sql.query('UPDATE webhooks SET secret = $2 WHERE id = $1', [hook, seal(lost)]);
    const good = await bench.hook();
    await sql.query('UPDATE webhooks SET secret = $2 WHERE id = $1', [good, seal(bench.sealer)]);
    const present = new Sealer('the new base '.repeat(4), ['a base for tests '.repeat(3)]);
    expect(await resealWebhooks(new WebhooksRepository(sql), present, 2)).toBe(1);
    const [{ secret } = { secret: '' }] = await sql.query<{ secret: string }>(
      'SELECT secret FROM webhooks WHERE id = $1',
      [good],
    );
    expect(present.isCurrent(secret)).toBe(true);
  });
});
