import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database, Sql } from '#persistence/database.js';
import { ScanVerdictsRepository } from '#persistence/scan-verdicts.repository.js';
import { finding, PlayedScanner, report, ScanBench } from '../support/scan-bench.js';
import { until } from '../support/until.js';

const HOLDER = '00000000-0000-4000-8000-000000000001';
const NEW = { scannerVersion: '1', dataVersion: '1', dataAt: null };

/** What of verdicts is stored, and forgotten again. */
describe(ScanVerdictsRepository.name, () => {
  let bench: ScanBench;
  beforeAll(async () => {
    bench = await ScanBench.create();
  });
  beforeEach(() => bench.reset());
  afterAll(() => bench.drop());

  const sql = (text: string, values: unknown[] = []) => bench.database.sql.query(text, values);
  const count = (table: string) => bench.database.value<number>(`SELECT count(*)::int FROM ${table}`);
  const counts = () => Promise.all(['vulnerabilities', 'scan_issues', 'scan_findings'].map(count));

  it('stores what many images have in common once, and forgets it with the last of them', async () => {
    const scanner = new PlayedScanner();
    const shared = Array.from({ length: 50 }, (_, i) => finding(`CVE-2024-${i}`));
    scanner.play = () => report(...shared);
    scanner.concurrency = 4;
    for (let i = 0; i < 20; i += 1) await bench.push(`image ${i}`, { tag: `v${i}` });
    await (await bench.worker([scanner])).ring();
    await until('all were scanned', () => bench.ends.length === 20);
    expect(bench.ends.every((end) => end === 'done')).toBe(true);
    expect(await counts()).toEqual([50, 50, 1_000]);
    for (let i = 0; i < 4; i += 1) await bench.verdicts.purge(20);
    expect(await counts()).toEqual([50, 50, 1_000]);
    await sql('DELETE FROM scan_targets');
    for (let i = 0; i < 8; i += 1) await bench.verdicts.purge(20);
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('changes no row of a finding when a verdict says the same again', async () => {
    await bench.push('a', { tag: 'v1' });
    const scanner = new PlayedScanner();
    scanner.play = () => report(finding('CVE-2024-1'), finding('CVE-2024-2'));
    const worker = await bench.worker([scanner]);
    await worker.ring();
    await until('it was scanned', () => bench.ends.length === 1);
    const rows = () => sql('SELECT xmin::text, * FROM scan_findings ORDER BY issue_id');
    const before = await rows();
    await bench.queue.request([await bench.database.value('SELECT id FROM scan_targets')], 'demand');
    await worker.ring();
    await until('it was scanned again', () => bench.ends.length === 2);
    expect(before).toHaveLength(2);
    expect(await rows()).toEqual(before);
  });

  it('knows since when a vulnerability was found, also when more is known of it later', async () => {
    await bench.push('a', { tag: 'v1' });
    const scanner = new PlayedScanner();
    scanner.play = () => report(finding('CVE-2024-1'));
    const worker = await bench.worker([scanner]);
    await worker.ring();
    await until('it was scanned', () => bench.ends.length === 1);
    await sql(`UPDATE scan_findings SET found_at = '2026-01-01T00:00:00Z'`);
    scanner.play = () => report(finding('CVE-2024-1', { fixed: '1.1' }), finding('CVE-2024-2'));
    await bench.queue.request([await bench.database.value('SELECT id FROM scan_targets')], 'demand');
    await worker.ring();
    await until('it was scanned again', () => bench.ends.length === 2);
    expect(
      await sql(`SELECT v.name, i.fixed, f.found_at < now() - interval '1 day' AS old FROM scan_findings f
                   JOIN scan_issues i ON i.id = f.issue_id JOIN vulnerabilities v ON v.id = i.vulnerability_id ORDER BY v.name`),
    ).toEqual([
      { name: 'CVE-2024-1', fixed: '1.1', old: true },
      { name: 'CVE-2024-2', fixed: null, old: false },
    ]);
  });

  it('loses no finding when another process forgets its issue at the same moment', async () => {
    await bench.push('a', { tag: 'v1' });
    await bench.worker([new PlayedScanner()]).then((worker) => worker.stop());
    await bench.plans.plan(10);
    const known = { ...NEW, findings: [finding('CVE-2024-1')] };
    const [first] = await bench.queue.claim('played', HOLDER, 1, 60);
    await bench.verdicts.settle(first!, HOLDER, known);
    await sql('DELETE FROM scan_findings');
    await sql(`UPDATE scans SET state = 'queued'`);
    const [second] = await bench.queue.claim('played', HOLDER, 1, 60);
    let forgotten = false;
    const racing = {
      transaction: <T>(work: (tx: Sql) => Promise<T>) =>
        bench.database.sql.transaction((tx) => {
          const query: Sql['query'] = async (text, values) => {
            if (text.includes('FOR KEY SHARE') && !forgotten) {
              forgotten = true;
              await bench.verdicts.purge(10);
              expect(await count('scan_issues')).toBe(0);
            }
            return tx.query(text, values);
          };
          return work({ ...tx, query });
        }),
    };
    const sut = new ScanVerdictsRepository(racing as unknown as Database);
    expect(await sut.settle(second!, HOLDER, known)).toBe(true);
    expect(forgotten).toBe(true);
    expect(await bench.shown('a')).toMatchObject({ state: 'done', high: 1, worst: 'high' });
  });
});
