import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordNewFindings } from '#catalog/new-findings.js';
import type { EventFacts } from '#domain/webhook/webhook-events.js';
import { ScanError } from '#scanning/scanner.js';
import { makeWebhook } from '../support/hooks.js';
import { digest, finding, PlayedScanner, report, ScanBench } from '../support/scan-bench.js';
import { until } from '../support/until.js';

const HIGH = finding('CVE-2024-1', { severity: 'high', package: 'openssl' });
const LOW = finding('CVE-2024-2', { severity: 'low' });
const CRITICAL = finding('CVE-2024-3', { severity: 'critical', fixed: '2.0' });

/** Who hears of what scanners find: activities and webhooks. */
describe(recordNewFindings.name, () => {
  let bench: ScanBench;
  let scanner: PlayedScanner;
  beforeAll(async () => {
    bench = await ScanBench.create();
  });
  beforeEach(async () => {
    await bench.reset();
    await bench.database.sql.query('DELETE FROM activities');
    await makeWebhook(bench.database, 1, { events: ['scan', 'new_finding'] });
    scanner = new PlayedScanner();
  });
  afterAll(() => bench.drop());

  const sql = (text: string, values: unknown[] = []) => bench.database.sql.query(text, values);
  const alerts = () =>
    sql(`SELECT subject_name AS repository, details FROM activities WHERE key = 'scan.new_finding' ORDER BY id`);
  const told = async (event: string): Promise<EventFacts[]> =>
    (await sql('SELECT facts FROM webhook_deliveries WHERE event = $1 ORDER BY id', [event])).map(
      (row) => row['facts'] as EventFacts,
    );
  const pushBy = async (word: string, tag: string): Promise<void> => {
    await bench.push(word, { tag });
    await sql(`UPDATE tags SET username = 'ana' WHERE name = $1`, [tag]);
  };
  /** Has everything scanned that waits, and everything that was scanned before once more. */
  const scanAll = async (...found: ReturnType<typeof finding>[]): Promise<void> => {
    scanner.play = () => report(...found);
    const worker = await bench.worker([scanner]);
    await sql(`UPDATE scans SET state = 'queued', attempts = 0`);
    await worker.ring();
    await until('all is scanned', async () => Object.keys(await bench.states()).join() === 'done');
    await worker.stop();
  };
  /** As if the scanner had been there for long. */
  const hadScanner = async (): Promise<void> => {
    await bench.scanners.announce([scanner]);
    await sql(`UPDATE scanners SET enabled_at = now() - interval '1 day'`);
  };

  it('tells of what a new scan found that the former one did not, at least so bad', async () => {
    await pushBy('a', 'v1');
    await bench.push('a', { tag: 'v2' });
    await scanAll(LOW);
    await scanAll(LOW, HIGH, CRITICAL);
    const findings = [
      { vulnerability: 'CVE-2024-3', package: 'openssl', severity: 'critical' },
      { vulnerability: 'CVE-2024-1', package: 'openssl', severity: 'high' },
    ];
    const facts = { digest: digest('a'), scanner: 'played', demo: false, count: 2, findings };
    expect(await alerts()).toEqual([{ repository: 'team/app', details: { ...facts, tags: ['v1', 'v2'] } }]);
    const events = await told('new_finding');
    expect(events.map(({ tag }) => tag)).toEqual(['v1', 'v2']);
    expect(events[0]).toMatchObject({ digest: digest('a'), previous_digest: null, scan: facts });
    await scanAll(LOW, HIGH, CRITICAL);
    expect(await alerts()).toHaveLength(1);
  });

  it('tells of an image that was pushed with something bad in it', async () => {
    await hadScanner();
    await pushBy('bad', 'v1');
    await pushBy('good', 'v2');
    scanner.play = (which) => (which === digest('bad') ? report(CRITICAL) : report(LOW));
    const worker = await bench.worker([scanner]);
    await worker.ring();
    await until('both are scanned', async () => (await bench.states())['done'] === 2);
    expect(await alerts()).toMatchObject([{ details: { digest: digest('bad'), tags: ['v1'] } }]);
    expect(await told('new_finding')).toMatchObject([{ tag: 'v1', scan: { count: 1 } }]);
  });

  it('tells of a platform of an index at the tags of the index', async () => {
    await hadScanner();
    await bench.push('arm');
    await bench.push({ digest: digest('index'), children: [{ digest: digest('arm') }] }, { tag: 'v1' });
    await sql(`UPDATE tags SET username = 'ana'`);
    await scanAll(HIGH);
    expect(await told('new_finding')).toMatchObject([
      { tag: 'v1', digest: digest('index'), previous_digest: null, scan: { digest: digest('arm') } },
    ]);
  });

  it('tells nobody of a whole stock: neither when a scanner is switched on, nor when a registry is read first', async () => {
    await pushBy('old', 'v1');
    await sql(`UPDATE scan_targets SET created_at = now() - interval '1 day'`);
    await scanAll(CRITICAL);
    await hadScanner();
    await bench.push('imported', { tag: 'v2' });
    await scanAll(CRITICAL);
    expect(await alerts()).toEqual([]);
    await sql(`INSERT INTO sync_runs (registry_id, slot, mode, strategy, state, finished_at)
               VALUES (1, '1', 'deep', 'update', 'done', now() - interval '1 hour')`);
    await bench.push('missed by events', { tag: 'v3' });
    await scanAll(CRITICAL);
    expect(await alerts()).toMatchObject([{ details: { tags: ['v3'] } }]);
  });

  it('says that findings are made up', async () => {
    await hadScanner();
    await pushBy('a', 'v1');
    const demo = {
      ...scanner,
      demo: true,
      describe: () => scanner.describe(),
      scan: () => Promise.resolve(report(CRITICAL)),
    };
    await (await bench.worker([demo])).ring();
    await until('it is scanned', () => bench.ends.includes('done'));
    expect(await alerts()).toMatchObject([{ details: { demo: true } }]);
    expect(await told('scan')).toMatchObject([{ scan: { demo: true } }]);
  });

  it('tells of each scan that ended, once for each tag: with what was found', async () => {
    await pushBy('a', 'v1');
    await bench.push('a', { tag: 'v2' });
    await scanAll(HIGH, CRITICAL);
    const counts = { critical: 1, high: 1, medium: 0, low: 0, negligible: 0, unknown: 0, fixable: 1 };
    const scan = {
      state: 'done',
      reason: null,
      verdict_at: expect.any(String),
      demo: false,
      worst: 'critical',
      counts,
    };
    expect(await told('scan')).toMatchObject(['v1', 'v2'].map((tag) => ({ tag, digest: digest('a'), scan })));
  });

  it('tells of a scan that failed for good, not of each attempt, and says what is known all the same', async () => {
    await pushBy('a', 'v1');
    scanner.play = () => Promise.reject(new ScanError('failed', 'a layer is broken'));
    const worker = await bench.worker([scanner]);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(await told('scan')).toEqual([]);
      await worker.ring();
      await until('the attempt ended', () => bench.ends.length === attempt);
      await bench.passTime();
    }
    const failed = {
      state: 'failed',
      reason: 'played: a layer is broken',
      verdict_at: null,
      worst: null,
      counts: null,
    };
    expect(await told('scan')).toMatchObject([{ tag: 'v1', scan: failed }]);
    await scanAll();
    await sql(`UPDATE scans SET state = 'queued', attempts = 4`);
    await sql(`DELETE FROM webhook_deliveries`);
    scanner.play = () => Promise.reject(new ScanError('refused', 'a layer is gone'));
    await (await bench.worker([scanner])).ring();
    await until('it failed', () => bench.ends.at(-1) === 'failed');
    expect(await told('scan')).toMatchObject([
      { scan: { state: 'failed', verdict_at: expect.any(String), counts: { critical: 0 } } },
    ]);
  });

  it('tells of an image that can not be scanned, and of one that cost too many workers', async () => {
    await pushBy('a', 'v1');
    scanner.play = () => ({ kind: 'unsupported', reason: 'no packages' });
    const worker = await bench.worker([scanner]);
    await worker.ring();
    await until('it ended', () => bench.ends.includes('unsupported'));
    expect(await told('scan')).toMatchObject([{ scan: { state: 'unsupported', counts: null } }]);
    await worker.stop();
    await sql(`UPDATE scans SET state = 'running', attempts = 4, lease_until = now() - interval '1 second'`);
    await bench.queue.expire(5, 10);
    expect((await told('scan')).at(-1)).toMatchObject({
      scan: { state: 'failed', reason: expect.stringContaining('worker') },
    });
  });
});
