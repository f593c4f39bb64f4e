import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScanDrain } from '#catalog/scan-drain.js';
import { ScanSbomsRepository } from '#persistence/scan-sboms.repository.js';
import { ScanError, type ScanOutcome } from '#scanning/scanner.js';
import { digest, finding, PlayedScanner, report, ScanBench } from '../support/scan-bench.js';
import { until } from '../support/until.js';

describe(ScanDrain.name, () => {
  let bench: ScanBench;
  let scanner: PlayedScanner;
  beforeAll(async () => {
    bench = await ScanBench.create();
  });
  beforeEach(async () => {
    await bench.reset();
    scanner = new PlayedScanner();
  });
  afterAll(() => bench.drop());

  const settled = (word: string, state: string) =>
    until(`${word} is ${state}`, async () => {
      const shown = await bench.shown(word);
      return shown.state === state ? shown : null;
    });
  const sql = (text: string, values: unknown[] = []) => bench.database.sql.query(text, values);

  it('scans an image that is new, once for all who have it', async () => {
    scanner.play = () => report(finding('CVE-2024-1', { fixed: '1.1' }), finding('CVE-2024-2', { severity: 'low' }));
    await bench.push('a', { tag: 'v1' });
    await bench.push('a', { tag: 'v2', repositoryId: await bench.repository('team/other') });
    const worker = await bench.worker([scanner]);
    await worker.ring();
    expect(await settled('a', 'done')).toMatchObject({ worst: 'high', high: 1, low: 1, fixable: 1, reason: null });
    await worker.ring();
    expect(scanner.asked).toEqual([digest('a')]);
  });

  it('keeps the SBOM that a scanner made, for the image and for the index that lists it', async () => {
    const body = Buffer.from('{"bomFormat":"CycloneDX"}');
    const sbom = { format: 'cyclonedx' as const, mediaType: 'application/vnd.cyclonedx+json', body };
    scanner.play = (): ScanOutcome => ({ kind: 'report', report: { scanner: scanner.facts, findings: [], sbom } });
    await bench.push('a');
    await bench.push({ digest: digest('index'), children: [{ digest: digest('a') }] }, { tag: 'v1' });
    await (await bench.worker([scanner])).ring();
    await settled('index', 'done');
    const sboms = new ScanSbomsRepository(bench.database.sql);
    const [registry] = await sql('SELECT registry_id AS id FROM scan_targets LIMIT 1');
    const image = { registryId: registry!['id'] as number, digest: digest('index') };
    const [row, ...more] = await sboms.of(image);
    expect(row).toMatchObject({ scanner: scanner.name, digest: digest('a'), size: body.length });
    expect(more).toEqual([]);
    expect((await sboms.read(image, Number(row!.id)))!.body).toEqual(body);
    expect(await sboms.read({ ...image, digest: digest('other') }, Number(row!.id))).toBeNull();
  });

  it('says nothing where there is no scanner', async () => {
    await bench.push('a', { tag: 'v1' });
    await (await bench.worker([])).ring();
    expect(await bench.shown('a')).toMatchObject({ state: 'none', verdictAt: null });
    expect(await bench.queue.hasWork()).toBe(false);
  });

  it('gives a scanner that is new what is there already', async () => {
    await bench.push('a', { tag: 'v1' });
    await (await bench.worker([scanner])).ring();
    await settled('a', 'done');
    const second = new PlayedScanner('second');
    second.play = () => report(finding('CVE-2024-7'));
    await (await bench.worker([scanner, second])).ring();
    await until('both have looked', async () => (await bench.shown('a')).high === 1);
    expect(scanner.asked).toHaveLength(1);
  });

  it.each([
    ['a chart', { configMediaType: 'application/vnd.cncf.helm.config.v1+json' }],
    ['an artifact without configuration', { configMediaType: null }],
    ['a signature', { subject: digest('signed') }],
  ])('calls what can not be scanned unsupported, and not clean: %s', async (_, manifest) => {
    await bench.push({ digest: digest('artifact'), ...manifest }, { tag: 'v1' });
    await (await bench.worker([scanner])).ring();
    expect(await bench.shown('artifact')).toMatchObject({ state: 'unsupported', verdictAt: null });
    expect(scanner.asked).toEqual([]);
  });

  it('calls signatures by their tag, and attestations by their index, unsupported', async () => {
    await bench.push('signature', { tag: `${digest('x').replace(':', '-')}.sig` });
    await bench.push('image');
    await bench.push('attestation');
    const children = [{ digest: digest('image') }, { digest: digest('attestation'), os: 'unknown' }];
    await bench.push({ digest: digest('index'), children }, { tag: 'v1' });
    await (await bench.worker([scanner])).ring();
    expect((await settled('index', 'done')).verdictAt).not.toBeNull();
    expect(scanner.asked).toEqual([digest('image')]);
    for (const word of ['signature', 'attestation']) expect((await bench.shown(word)).state).toBe('unsupported');
  });

  it('unites the platforms of an index, and knows nothing of it before all have a verdict', async () => {
    const same = finding('CVE-2024-1');
    scanner.play = (one) =>
      one === digest('arm') ? report(same, finding('CVE-2024-2', { severity: 'critical' })) : report(same);
    const children = ['amd', 'arm'].map((word) => ({ digest: digest(word) }));
    await bench.push({ digest: digest('index'), children }, { tag: 'v1' });
    await bench.push('amd');
    const worker = await bench.worker([scanner]);
    await worker.ring();
    await settled('amd', 'done');
    expect(await settled('index', 'failed')).toMatchObject({
      verdictAt: null,
      reason: expect.stringContaining('not in the registry'),
    });
    await bench.push('arm');
    await worker.ring();
    expect(await settled('index', 'done')).toMatchObject({ worst: 'critical', critical: 1, high: 1 });
  });

  it('merges what several scanners tell, and counts the same vulnerability once', async () => {
    const second = new PlayedScanner('second');
    scanner.play = () => report(finding('CVE-2024-1', { severity: 'unknown' }));
    second.play = () => report(finding('CVE-2024-1', { severity: 'low' }), finding('CVE-2024-3'));
    await bench.push('a', { tag: 'v1' });
    await (await bench.worker([scanner, second])).ring();
    expect(await settled('a', 'done')).toMatchObject({ worst: 'high', high: 1, low: 1 });
  });

  it('keeps the last good verdict while a new scan waits, runs and fails', async () => {
    scanner.play = () => report(finding('CVE-2024-1'));
    await bench.push('a', { tag: 'v1' });
    const worker = await bench.worker([scanner]);
    await worker.ring();
    const good = await settled('a', 'done');
    scanner.play = () => Promise.reject(new ScanError('refused', 'a layer is broken'));
    await bench.queue.request([await bench.database.value('SELECT id FROM scan_targets')], 'demand');
    expect(await bench.shown('a')).toMatchObject({ state: 'queued', high: 1, verdictAt: good.verdictAt });
    await worker.ring();
    expect(await settled('a', 'failed')).toMatchObject({
      high: 1,
      verdictAt: good.verdictAt,
      reason: 'played: a layer is broken',
    });
  });

  it('tries again what failed, longer and longer, and then says so', async () => {
    scanner.play = () => Promise.reject(new ScanError('failed', 'no'));
    await bench.push('a', { tag: 'v1' });
    const worker = await bench.worker([scanner]);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await worker.ring();
      await until('the attempt ended', () => bench.ends.length === attempt);
      const [row] = await sql(`SELECT extract(epoch FROM due_at - now()) AS wait FROM scans WHERE state = 'queued'`);
      if (row) expect(Number(row['wait'])).toBeGreaterThan(25 * 4 ** (attempt - 1));
      await bench.passTime();
    }
    expect(bench.ends).toEqual(['retried', 'retried', 'retried', 'retried', 'failed']);
    expect(await bench.shown('a')).toMatchObject({ state: 'failed', verdictAt: null });
  });

  it('leaves a scanner that is away alone, and blames no image for it', async () => {
    scanner.play = () => Promise.reject(new ScanError('away', 'the database is not there yet'));
    await bench.push('a', { tag: 'v1' });
    await bench.push('b', { tag: 'v2' });
    const worker = await bench.worker([scanner]);
    await worker.ring();
    await until('it was noticed', () => bench.ends.length === 1);
    await worker.ring();
    expect(scanner.asked).toHaveLength(1);
    expect(await bench.scanners.enabled()).toMatchObject([{ problem: 'the database is not there yet' }]);
    expect(await sql('SELECT attempts, state FROM scans')).toEqual([
      { attempts: 0, state: 'queued' },
      { attempts: 0, state: 'queued' },
    ]);
    expect(await bench.queue.hasWork()).toBe(false);
  });

  it('takes what a person asks for first, then the newest push, then what is only to be scanned again', async () => {
    for (const word of ['again', 'old', 'new', 'asked']) await bench.push(word, { tag: word });
    await bench.worker([scanner]).then((worker) => worker.stop());
    await bench.plans.plan(10);
    const target = (word: string) =>
      bench.database.value<string>('SELECT id FROM scan_targets WHERE digest = $1', [digest(word)]);
    const age = async (word: string, set: string) =>
      sql(`UPDATE scans SET ${set} WHERE target_id = $1`, [await target(word)]);
    await age('again', 'priority = 2');
    await age('old', `queued_at = now() - interval '1 hour'`);
    await age('asked', `queued_at = now() - interval '2 hours'`);
    await bench.queue.request([await target('asked')], 'demand');
    await (await bench.worker([scanner])).ring();
    await until('all were scanned', () => scanner.asked.length === 4);
    expect(scanner.asked).toEqual(['asked', 'new', 'old', 'again'].map(digest));
  });

  it('ends a scan that hangs, also where the scanner does not listen', async () => {
    scanner.timeout = 1;
    scanner.play = () => new Promise(() => undefined);
    await bench.push('a', { tag: 'v1' });
    await (await bench.worker([scanner])).ring();
    await until('it was ended', () => bench.ends.includes('retried'));
    expect(await bench.shown('a')).toMatchObject({ state: 'queued', reason: 'played: it took longer than 1 seconds' });
  });

  it('has a digest scanned by another worker when the first is gone, and lets the late one settle nothing', async () => {
    let answer = (): void => undefined;
    const late = new PlayedScanner();
    late.play = () => new Promise((resolve) => (answer = () => resolve(report())));
    await bench.push('a', { tag: 'v1' });
    await (await bench.worker([late])).ring();
    await until('it is at it', () => late.asked.length === 1);
    await sql(`UPDATE scans SET lease_until = now() - interval '1 second'`);
    scanner.play = () => report(finding('CVE-2024-1'));
    await (await bench.worker([scanner])).ring();
    await settled('a', 'done');
    answer();
    await until('the late one was told', () => bench.ends.includes('lost'));
    expect(await bench.shown('a')).toMatchObject({ state: 'done', high: 1 });
  });

  it('gives up on an image that costs one worker after the other', async () => {
    await bench.push('a', { tag: 'v1' });
    await bench.worker([scanner]).then((worker) => worker.stop());
    await bench.plans.plan(10);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await bench.queue.claim('played', '00000000-0000-4000-8000-000000000001', 1, 0)).toHaveLength(1);
      await bench.queue.expire(5, 10);
    }
    expect(await bench.shown('a')).toMatchObject({
      state: 'failed',
      reason: 'played: the worker that scanned it ended',
    });
  });

  it('puts back what is under way when the worker stops', async () => {
    scanner.play = (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('killed'))));
    await bench.push('a', { tag: 'v1' });
    const worker = await bench.worker([scanner]);
    await worker.ring();
    await until('it is at it', () => scanner.asked.length === 1);
    await worker.stop();
    expect(bench.ends).toEqual(['released']);
    expect(await sql('SELECT state, attempts FROM scans')).toEqual([{ state: 'queued', attempts: 0 }]);
  });

  it('lets new images wait for a moment while the catalog is read, and no longer', async () => {
    scanner.play = () => report();
    const catalog = { isReading: true };
    const worker = await bench.worker([scanner], { catalog });
    await worker.ring();
    await bench.push('a', { tag: 'v1' });
    await worker.ring();
    expect(await bench.states()).toEqual({});
    catalog.isReading = false;
    await worker.ring();
    await settled('a', 'done');
    catalog.isReading = true;
    await bench.push('b', { tag: 'v2' });
    await until(
      'it is its turn',
      async () => {
        await worker.ring();
        return scanner.asked.includes(digest('b'));
      },
      { timeoutMs: 60_000 },
    );
    await settled('b', 'done');
  });

  it('drains the scans of a scanner that is switched off, and keeps its verdicts', async () => {
    scanner.play = () => report(finding('CVE-2024-1'));
    await bench.push('a', { tag: 'v1' });
    const worker = await bench.worker([scanner]);
    await worker.ring();
    await settled('a', 'done');
    await bench.push('b', { tag: 'v2' });
    await bench.plans.plan(10);
    await (await bench.worker([])).ring();
    expect(await bench.states()).toEqual({});
    expect(await bench.shown('a')).toMatchObject({ state: 'none', high: 1, verdictAt: expect.any(Date) });
    expect(await bench.shown('b')).toMatchObject({ state: 'none', verdictAt: null });
    await (await bench.worker([scanner])).ring();
    await settled('b', 'done');
    expect(scanner.asked).toEqual([digest('a'), digest('b')]);
  });

  it('scans again what is old when the scanner knows more: what was pulled last first, within the rate', async () => {
    for (const word of ['unpulled', 'long ago', 'just now']) await bench.push(word, { tag: word.replace(' ', '-') });
    await sql(`UPDATE tags SET pulled_at = now() - interval '9 days' WHERE name = 'long-ago'`);
    await sql(`UPDATE tags SET pulled_at = now() WHERE name = 'just-now'`);
    const worker = await bench.worker([scanner]);
    await worker.ring();
    await until('all were scanned', () => bench.ends.length === 3);
    const again = async (): Promise<number> => {
      await sql(`UPDATE scanners SET rescanned_at = now() - interval '1 hour'`);
      return bench.plans.rescan('played', 24, 2);
    };
    await bench.scanners.check('played', { version: '1', dataVersion: '2', dataAt: new Date() });
    expect(await again()).toBe(0);
    await sql(`UPDATE scan_verdicts SET completed_at = now() - interval '25 hours'`);
    expect(await again()).toBe(2);
    expect(await bench.plans.rescan('played', 24, 2)).toBe(0);
    scanner.asked.length = 0;
    await worker.ring();
    await until('they were scanned', () => scanner.asked.length === 2);
    expect(scanner.asked).toEqual([digest('just now'), digest('long ago')]);
  });

  it('forgets a digest that is gone, and scans it when it comes back', async () => {
    await bench.push('a', { tag: 'v1' });
    await bench.push('b', { tag: 'v2' });
    await sql('DELETE FROM tags');
    await sql('UPDATE manifests SET gone_at = now() WHERE digest = $1', [digest('a')]);
    const worker = await bench.worker([scanner]);
    await worker.ring();
    expect(await bench.shown('a')).toMatchObject({ state: 'none', reason: 'it is not in the registry any more' });
    await bench.plans.forget(10);
    expect(await sql('SELECT digest FROM scan_targets')).toEqual([{ digest: digest('b') }]);
    await bench.push('a', { tag: 'v1' });
    await worker.ring();
    await settled('a', 'done');
  });
});
