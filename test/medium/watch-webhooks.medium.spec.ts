import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { watchWebhooks } from '#persistence/watch-webhooks.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { DeliveryBench } from '../support/delivery-bench.js';

describe(watchWebhooks.name, () => {
  let bench: DeliveryBench;
  beforeAll(async () => {
    bench = await DeliveryBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset());

  async function shown(): Promise<Record<string, number>> {
    const metrics = new Metrics();
    watchWebhooks(metrics, bench.log);
    const lines = (await metrics.scrape()).split('\n').filter((line) => line.startsWith('portus_webhook'));
    return Object.fromEntries(lines.map((line) => [line.split(' ')[0]!, Number(line.split(' ')[1])]));
  }

  it('shows zeros where nothing is to be told', async () => {
    expect(await shown()).toEqual({
      'portus_webhook_deliveries{state="waiting"}': 0,
      'portus_webhook_deliveries{state="dead"}': 0,
      portus_webhook_oldest_seconds: 0,
      portus_webhook_targets_resting: 0,
    });
  });

  it('shows what waits for enabled webhooks, for how long, what was given up, and whom nobody bothers', async () => {
    const [hook, disabled] = [await bench.hook(), await bench.hook()];
    const { sql } = bench.database;
    await sql.query('UPDATE webhooks SET enabled = false WHERE id = $1', [disabled]);
    for (let i = 0; i < 4; i++) await bench.deliver(i < 3 ? hook : disabled);
    await sql.query(`UPDATE webhook_deliveries SET created_at = now() - interval '100 s' WHERE id = 2`);
    await sql.query(`UPDATE webhook_deliveries SET state = 'dead', created_at = now() - interval '900 s' WHERE id = 1`);
    await sql.query(`UPDATE webhook_deliveries SET created_at = now() - interval '5000 s' WHERE id = 4`);
    await bench.queue.targetFailed('http://resting.test');
    await bench.queue.rest('http://resting.test', 60);
    await bench.queue.targetFailed('http://once.test');
    const all = await shown();
    expect(all).toMatchObject({
      'portus_webhook_deliveries{state="waiting"}': 2,
      'portus_webhook_deliveries{state="dead"}': 1,
      portus_webhook_targets_resting: 1,
    });
    expect(Math.floor(all['portus_webhook_oldest_seconds']! / 100)).toBe(1);
  });
});
