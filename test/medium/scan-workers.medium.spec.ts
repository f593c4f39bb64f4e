import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScanDrain } from '#catalog/scan-drain.js';
import { finding, PlayedScanner, report, ScanBench } from '../support/scan-bench.js';
import { until } from '../support/until.js';

const DIGESTS = Number(process.env['SCAN_DIGESTS'] ?? 500);

describe(ScanDrain.name, () => {
  let bench: ScanBench;
  beforeAll(async () => {
    bench = await ScanBench.create();
    await bench.reset();
  });
  afterAll(() => bench.drop());

  /** The rows that so many pushes make. */
  const pushMany = async (): Promise<void> => {
    const { sql } = bench.database;
    const digests = `'sha256:' || encode(sha256(i::text::bytea), 'hex')`;
    await sql.query(
      `INSERT INTO manifests (repository_id, digest, media_type, config_media_type, size, manifest_size)
       SELECT $1, ${digests}, 'application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.config.v1+json', 1, 1
         FROM generate_series(1, $2::int) i`,
      [bench.repositoryId, DIGESTS],
    );
    await sql.query(
      `INSERT INTO scan_targets (registry_id, digest) SELECT 1, ${digests} FROM generate_series(1, $1::int) i`,
      [DIGESTS],
    );
  };

  it('has many digests scanned by three workers, of which one dies, and none twice at the same time', async () => {
    await pushMany();
    const shared = Array.from({ length: 20 }, (_, i) => finding(`CVE-2024-${i}`));
    const underWay = new Set<string>();
    const twice: string[] = [];
    const scanner = (dead?: { at: number }): PlayedScanner => {
      const one = new PlayedScanner();
      one.concurrency = 6;
      one.play = async (which) => {
        // What a dead worker had in its hands is in nobody's.
        if (dead && one.asked.length > dead.at) return new Promise(() => undefined);
        if (underWay.has(which)) twice.push(which);
        underWay.add(which);
        await new Promise((resolve) => setImmediate(resolve));
        underWay.delete(which);
        return report(...shared);
      };
      return one;
    };
    const victim = scanner({ at: 20 });
    const scanners = [scanner(), scanner(), victim];
    const workers = await Promise.all(scanners.map((one) => bench.worker([one])));
    await Promise.all(workers.map((worker) => worker.ring()));
    await until('the victim hangs', () => victim.asked.length >= 26, { timeoutMs: 60_000 });
    const sweep = async (): Promise<void> => {
      // As if its lease had run out: nobody renews it.
      await bench.database.sql.query(
        `UPDATE scans SET lease_until = now() - interval '1 second' WHERE state = 'running' AND started_at < now() - interval '2 seconds'`,
      );
      await Promise.all(workers.slice(0, 2).map((worker) => worker.ring()));
    };
    await until(
      'all are scanned',
      async () => {
        await sweep();
        return (await bench.states())['done'] === DIGESTS;
      },
      { timeoutMs: 240_000, everyMs: 1_000 },
    );
    expect(twice).toEqual([]);
    const bytes = await bench.database.value<number>(
      `SELECT pg_total_relation_size('scan_findings')::float8 / (SELECT count(*) FROM scan_findings)`,
    );
    expect(await bench.database.value('SELECT count(*)::int FROM scan_findings')).toBe(DIGESTS * shared.length);
    expect(await bench.database.value('SELECT count(*)::int FROM scan_issues')).toBe(shared.length);
    expect(bytes).toBeLessThan(200);
    console.info(`bytes of a finding, with its indexes: ${Math.round(bytes)}`);
  }, 300_000);
});
