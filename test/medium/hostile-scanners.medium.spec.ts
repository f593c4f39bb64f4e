import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScanDrain } from '#catalog/scan-drain.js';
import { RegistryError } from '#registry/errors.js';
import { ScanError } from '#scanning/scanner.js';
import { FakeTrivy } from '../support/fake-trivy.js';
import {
  MISDEEDS,
  type Misdeed,
  serveImage,
  temperedAdapter,
  temperedClair,
  type Tempered,
  temperedTrivy,
} from '../support/hostile-services.js';
import { isRunning } from '../support/is-running.js';
import { digest, finding, PlayedScanner, report, ScanBench } from '../support/scan-bench.js';
import { ScannerStandIn } from '../support/scanner-stand-in.js';
import { until } from '../support/until.js';

/** How the scan is noted: what may be better at another time is tried again. */
const NOTED: Readonly<Record<Misdeed, { state: string; reason: RegExp }>> = {
  hangs: { state: 'queued', reason: /took longer than 2 seconds|did not answer within 2 seconds/ },
  'lies about its type': { state: 'queued', reason: /text\/html|another kind of report|is no JSON/ },
  floods: { state: 'failed', reason: /longer than \d+ MiB/ },
  'is cut short': { state: 'queued', reason: /broken JSON|cut short/ },
  'is about another': { state: 'queued', reason: /about another image/ },
  dies: { state: 'queued', reason: /broke its answer off|ended with/ },
};
const KINDS = ['trivy', 'clair', 'an adapter'] as const;

let bench: ScanBench;
let service: ScannerStandIn;
let trivy: FakeTrivy;
beforeAll(async () => {
  bench = await ScanBench.create();
});
afterAll(() => bench.drop());

/** One for all tests of a block, which have images of their own: to empty the tables takes longer than most of them. */
function useScene(): void {
  beforeAll(async () => {
    await bench.reset();
    service = await ScannerStandIn.start();
    trivy = await FakeTrivy.create();
    await bench.database.sql.query('UPDATE registries SET hostname = $1', [new URL(service.url).host]);
  });
  beforeEach(() => {
    bench.ends.length = 0;
  });
  afterEach(() => bench.stop());
  afterAll(async () => {
    await service.stop();
    await trivy.remove();
  });
}

const tempered = (kind: (typeof KINDS)[number]): Tempered => {
  if (kind === 'trivy') return temperedTrivy(trivy);
  return kind === 'clair' ? temperedClair(service) : temperedAdapter(service);
};
const pushAll = async (...words: string[]): Promise<string[]> => {
  const digests = words.map((word) => serveImage(service, word));
  for (const one of digests) await bench.push({ digest: one }, { tag: one.slice(7, 19) });
  return digests;
};
const attempts = (which: string) =>
  bench.database.value<number>(
    'SELECT s.attempts FROM scans s JOIN scan_targets t ON t.id = s.target_id WHERE t.digest = $1',
    [which],
  );

describe.each(KINDS)('%s that', (kind) => {
  useScene();

  it.each(MISDEEDS)('%s is bounded, noted and tried again, and harms no other scan', async (misdeed) => {
    const sut = tempered(kind);
    const [bad, ...others] = await pushAll(`bad: ${misdeed}`, `one: ${misdeed}`, `two: ${misdeed}`);
    await sut.temper(bad!, misdeed);
    for (const other of others) await sut.temper(other, null);
    const worker = await bench.worker([sut.scanner(misdeed === 'hangs' ? 2 : 60)]);
    await worker.ring();
    await until('all have ended', () => bench.ends.length === 3, { timeoutMs: 60_000 });
    for (const other of others) expect(await bench.shown(other)).toMatchObject({ state: 'done', high: 1 });
    const { state, reason } = NOTED[misdeed];
    expect(await bench.shown(bad!)).toMatchObject({ state, verdictAt: null, reason: expect.stringMatching(reason) });
    expect(await attempts(bad!)).toBe(1);
    for (const { pid } of trivy.calls(bad!)) await until('it is dead', () => !isRunning(pid));

    await sut.temper(bad!, null);
    const id = await bench.database.value<string>('SELECT id FROM scan_targets WHERE digest = $1', [bad]);
    if (state === 'failed') await bench.queue.request([id], 'demand');
    await bench.passTime();
    await worker.ring();
    await until('it is scanned at last', async () => (await bench.shown(bad!)).state === 'done', { timeoutMs: 30_000 });
    expect(await bench.shown(bad!)).toMatchObject({ high: 1, reason: null });
  });
});

describe('a flood', () => {
  useScene();

  it.each(['clair', 'an adapter'] as const)('of %s is read up to its bound, and no further', async (kind) => {
    const sut = tempered(kind);
    const [bad] = await pushAll(`flooded by ${kind}`);
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    let sent = 0;
    await sut.temper(bad!, 'floods');
    const path =
      kind === 'clair'
        ? `matcher/api/v1/vulnerability_report/${bad}`
        : `api/v1/scan/${encodeURIComponent(bad!)}/report`;
    service.on(`GET /${path}`, (response) => {
      const type = kind === 'clair' ? 'application/json' : 'application/vnd.security.vulnerability.report; version=1.1';
      response.writeHead(200, { 'content-type': type });
      const more = (): void => {
        while (sent < 200) {
          sent += 1;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
      };
      more();
    });
    await (await bench.worker([sut.scanner(60)])).ring();
    await until('it was refused', async () => (await bench.shown(bad!)).state === 'failed', { timeoutMs: 30_000 });
    expect(sent).toBeLessThan(80);
  });

  it('of findings, and one of complaints, are too much as well', async () => {
    const [many, loud] = await pushAll('many', 'loud');
    await trivy.plays('tooMany', many);
    await trivy.plays('complains', loud);
    await (await bench.worker([trivy.scanner({ timeout: 60 })])).ring();
    const noted = async () =>
      (await bench.shown(many!)).state === 'failed' && (await bench.shown(loud!)).reason !== null;
    await until('both are noted', noted, { timeoutMs: 60_000 });
    expect(await bench.shown(many!)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('20000 findings'),
    });
    const { state, reason } = await bench.shown(loud!);
    expect(state).toBe('queued');
    expect(reason!.length).toBeLessThan(600);
  });
});

describe(ScanDrain.name, () => {
  beforeEach(() => bench.reset());

  it('goes on with others while one scan hangs for as long as it may', async () => {
    const scanner = new PlayedScanner();
    scanner.concurrency = 2;
    scanner.timeout = 3_600;
    scanner.play = (which) => (which === digest('bad') ? new Promise(() => undefined) : report(finding('CVE-2024-1')));
    for (const word of ['one', 'two', 'three', 'bad']) await bench.push(word, { tag: word });
    await (await bench.worker([scanner])).ring();
    await until('the others are scanned', () => bench.ends.length === 3);
    expect(await bench.states()).toEqual({ done: 3, running: 1 });
  });

  it('goes on with one scanner while another one is away', async () => {
    const away = new PlayedScanner('away');
    away.play = () => Promise.reject(new ScanError('away', 'nobody is there'));
    const scanner = new PlayedScanner();
    scanner.play = () => report(finding('CVE-2024-1'));
    for (const word of ['one', 'two']) await bench.push(word, { tag: word });
    await (await bench.worker([away, scanner])).ring();
    await until('the other has scanned them', () => bench.ends.filter((end) => end === 'done').length === 2);
    expect(await bench.shown('one')).toMatchObject({ state: 'queued', high: 1, verdictAt: expect.any(Date) });
  });

  it('lets others go first when an image makes its scanner look as if it were away', async () => {
    const scanner = new PlayedScanner();
    scanner.play = (which) => {
      if (which === digest('bad')) throw new ScanError('away', 'it answers with 503');
      return report(finding('CVE-2024-1'));
    };
    for (const word of ['one', 'two', 'bad']) await bench.push(word, { tag: word });
    const worker = await bench.worker([scanner]);
    await bench.plans.plan(10);
    const bad = 'SELECT id FROM scan_targets WHERE digest = $1';
    await bench.queue.request([await bench.database.value<string>(bad, [digest('bad')])], 'demand');
    await worker.ring();
    await until('it looks away', () => bench.ends.includes('away'));
    await bench.database.sql.query('UPDATE scanners SET paused_until = NULL');
    await worker.ring();
    await until('the others are scanned', () => bench.ends.length === 3);
    expect(bench.ends).toEqual(['away', 'done', 'done']);
    expect([await bench.states(), await attempts(digest('bad'))]).toEqual([{ done: 2, queued: 1 }, 0]);
  });

  it('waits for a registry that is away, and goes on with the images of others', async () => {
    const scanner = new PlayedScanner();
    scanner.play = async (_, { pullToken }) => report(finding(await pullToken()));
    await bench.push('one', { tag: 'one' });
    await bench.push('gone', { tag: 'gone', repositoryId: await bench.repository('team/away') });
    const away = new RegistryError('UNREACHABLE', { message: 'nobody answers', url: 'http://a.test', temporary: true });
    const pullToken = async (name: string) => (name === 'team/away' ? Promise.reject(away) : 'CVE-2024-1');
    await (await bench.worker([scanner], { pullToken })).ring();
    await until('both have ended', () => bench.ends.length === 2);
    expect(bench.ends.toSorted()).toEqual(['done', 'released']);
    expect([await bench.states(), await attempts(digest('gone'))]).toEqual([{ done: 1, queued: 1 }, 0]);
    expect(await bench.scanners.enabled()).toMatchObject([{ problem: null }]);
  });

  it('begins no more scans per minute with each scanner than it may', async () => {
    const scanners = [new PlayedScanner('one'), new PlayedScanner('two')];
    for (const scanner of scanners) scanner.concurrency = 5;
    for (const word of ['a', 'b', 'c', 'd']) await bench.push(word, { tag: word });
    const worker = await bench.worker(scanners, { ratePerMinute: 3 });
    await worker.ring();
    await until('they were scanned', () => bench.ends.length === 6);
    await worker.ring();
    expect(scanners.map((scanner) => scanner.asked.length)).toEqual([3, 3]);
    expect(await bench.states()).toEqual({ done: 6, queued: 2 });
  });

  it.each([
    ['listens', 'its scan is ended'],
    ['does not listen', 'its late answer settles nothing'],
  ])('drains a scan under way whose scanner is switched off and %s: %s', async (listens) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const scanner = new PlayedScanner();
      scanner.play = () => report(finding('CVE-2024-1'));
      await bench.push('a', { tag: 'v1' });
      const worker = await bench.worker([scanner]);
      await worker.ring();
      await until('it has a verdict', () => bench.ends.length === 1);
      const { verdictAt } = await bench.shown('a');

      let [answer, isAborted] = [(): void => undefined, false];
      scanner.play = (_, { signal }) =>
        new Promise((resolve, reject) => {
          answer = () => resolve(report());
          signal.addEventListener('abort', () => {
            isAborted = true;
            if (listens === 'listens') reject(signal.reason as Error);
          });
        });
      await bench.queue.request([await bench.database.value('SELECT id FROM scan_targets')], 'demand');
      await worker.ring();
      await until('it is at it again', async () => (await bench.states())['running'] === 1);
      await (await bench.worker([])).ring();
      const drained = { state: 'none', high: 1, verdictAt };
      expect([await bench.states(), await bench.shown('a')]).toEqual([{}, expect.objectContaining(drained)]);

      if (listens === 'listens') vi.advanceTimersToNextTimer();
      else answer();
      await until('its worker was told', () => bench.ends.at(-1) === 'lost');
      expect(isAborted).toBe(listens === 'listens');
      expect([await bench.states(), await bench.shown('a')]).toEqual([{}, expect.objectContaining(drained)]);
    } finally {
      vi.useRealTimers();
    }
  });
});
