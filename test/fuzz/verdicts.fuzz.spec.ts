import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScanDrain } from '#catalog/scan-drain.js';
import { ScanError } from '#scanning/scanner.js';
import { FUZZ_SECONDS, fuzz } from '../support/fuzz.js';
import { digest, finding, PlayedScanner, report, ScanBench } from '../support/scan-bench.js';
import { until } from '../support/until.js';

/** Of the bounded run. */
const ROUNDS = 4;
const STORIES_OF_A_ROUND = 10;
const IMAGES = ['a', 'b', 'c'];
const TAGS = ['latest', 'v1'];
const OUTCOMES = ['clean', 'bad', 'failed', 'refused', 'away', 'unsupported', 'dies', 'late'] as const;
type Outcome = (typeof OUTCOMES)[number];

type Step =
  | { kind: 'push'; tag: string; image: string }
  | { kind: 'index'; tag: string; images: string[] }
  | { kind: 'delete'; tag: string }
  | { kind: 'rescan'; image: string }
  | { kind: 'scan'; outcome: Outcome; meanwhile: { tag: string; image: string } | null }
  | { kind: 'restart'; scanners: boolean };

const image = fc.constantFrom(...IMAGES);
const tag = fc.constantFrom(...TAGS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), tag, image }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('index' as const), tag, images: fc.uniqueArray(image, { minLength: 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), tag }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rescan' as const), image }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('scan' as const),
      outcome: fc.constantFrom(...OUTCOMES),
      meanwhile: fc.option(fc.record({ tag, image })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), scanners: fc.boolean() }) },
);

/** What every newest completed scan found, by digest: written down beside the product, by the scanner itself. */
type Truth = Map<string, 'clean' | 'bad'>;

/**
 * P7: whatever becomes of scans, a tag is shown clean only if the newest completed scan of its very digest found nothing,
 * and of an index those of all its platforms.
 */
describe('verdicts', () => {
  let bench: ScanBench;
  beforeAll(async () => {
    bench = await ScanBench.create();
  });
  afterAll(() => bench.drop());

  async function scanOnce(
    worker: ScanDrain,
    scanner: PlayedScanner,
    truth: Truth,
    one: Extract<Step, { kind: 'scan' }>,
  ): Promise<void> {
    const ended = bench.ends.length;
    const asked = scanner.asked.length;
    scanner.play = async (which) => {
      // Only the first is played; what else waits stays as it is.
      scanner.play = () => Promise.reject(new ScanError('away', 'once only'));
      if (one.meanwhile) await bench.push(one.meanwhile.image, { tag: one.meanwhile.tag });
      if (one.outcome === 'clean' || one.outcome === 'bad') {
        truth.set(which, one.outcome);
        return one.outcome === 'clean' ? report() : report(finding('CVE-2024-1'));
      }
      if (one.outcome === 'unsupported') return { kind: 'unsupported', reason: 'played' };
      if (one.outcome === 'dies') throw new TypeError('undefined is no function');
      if (one.outcome === 'late') {
        await bench.database.sql.query(
          `UPDATE scans SET lease_until = now() - interval '1 second' WHERE state = 'running'`,
        );
        await bench.queue.expire(5, 10);
        return report();
      }
      throw new ScanError(one.outcome, 'played');
    };
    await bench.passTime();
    await worker.ring();
    if (scanner.asked.length > asked) await until('the scan ended', () => bench.ends.length > ended);
    await worker.ring();
  }

  async function play(story: readonly Step[]): Promise<void> {
    await bench.reset();
    const truth: Truth = new Map();
    let scanner = new PlayedScanner();
    let worker = await bench.worker([scanner]);
    for (const one of story) {
      if (one.kind === 'push') await bench.push(one.image, { tag: one.tag });
      else if (one.kind === 'index') {
        const children = one.images.map((word) => ({ digest: digest(word) }));
        await bench.push({ digest: digest(`index ${one.images.toSorted().join()}`), children }, { tag: one.tag });
      } else if (one.kind === 'delete') await remove(one.tag);
      else if (one.kind === 'rescan') await rescan(one.image);
      else if (one.kind === 'scan') await scanOnce(worker, scanner, truth, one);
      else {
        await worker.stop();
        scanner = new PlayedScanner();
        worker = await bench.worker(one.scanners ? [scanner] : []);
        await worker.ring();
      }
      await checkShown(truth);
    }
    await worker.stop();
  }

  async function remove(name: string): Promise<void> {
    await bench.database.sql.query('DELETE FROM tags WHERE name = $1', [name]);
    await bench.database.sql.query(
      `UPDATE manifests m SET gone_at = now()
        WHERE NOT EXISTS (SELECT FROM tags WHERE manifest_id = m.id)
          AND NOT EXISTS (SELECT FROM manifest_children c JOIN tags g ON g.manifest_id = c.parent_id WHERE c.digest = m.digest)`,
    );
    await bench.plans.forget(1_000);
  }

  async function rescan(word: string): Promise<void> {
    const rows = await bench.database.sql.query<{ id: string }>('SELECT id::text FROM scan_targets WHERE digest = $1', [
      digest(word),
    ]);
    await bench.queue.request(
      rows.map((row) => row.id),
      'demand',
    );
  }

  async function checkShown(truth: Truth): Promise<void> {
    const rows = await bench.database.sql.query<{
      tag: string;
      digest: string;
      clean: boolean;
      bad: boolean;
      leaves: string[];
    }>(
      `SELECT g.name AS tag, m.digest, t.verdict_at IS NOT NULL AND t.worst IS NULL AS clean, t.worst IS NOT NULL AS bad,
              coalesce((SELECT array_agg(c.digest) FROM manifest_children c WHERE c.parent_id = m.id), ARRAY[m.digest]) AS leaves
         FROM tags g JOIN manifests m ON m.id = g.manifest_id JOIN scan_targets t ON t.digest = m.digest`,
    );
    for (const { tag: name, clean, bad, leaves } of rows) {
      const found = leaves.map((leaf) => truth.get(leaf));
      if (clean)
        expect(
          found.every((one) => one === 'clean'),
          `${name} is shown clean: ${found.join()}`,
        ).toBe(true);
      if (leaves.length === 1 && bad) expect(found, `${name} is shown vulnerable`).toEqual(['bad']);
    }
  }

  it(
    'are clean only where the newest completed scan of that very digest found nothing',
    async () => {
      const stories = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), play);
      await fuzz(ROUNDS, (seed) => fc.assert(stories, { seed, numRuns: STORIES_OF_A_ROUND, endOnFailure: true }));
    },
    FUZZ_SECONDS === null ? 240_000 : FUZZ_SECONDS * 2_000,
  );
});
