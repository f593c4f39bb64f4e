import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { query } from '../support/databases.js';
import { SharedAdapter } from '../support/shared-adapter.js';
import { REGISTRY_PROGRAMS, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack-handle.js';
import { until } from '../support/until.js';

/** Enough to see it; ten thousand take some minutes. */
const DIGESTS = Number(process.env['SCAN_DIGESTS'] ?? 200);
/** As many as this take longer than a lease does. */
const MANY = 2_000;
const HELD_AFTER = Math.min(DIGESTS / 4, 500);
const FINDINGS = Array.from({ length: 5 }, (_, i) => ({
  id: `CVE-2099-000${i}`,
  package: 'zlib',
  version: '1.2.13',
  severity: 'High',
}));
const missing = process.env[REGISTRY_PROGRAMS['2.8']] ? [] : [REGISTRY_PROGRAMS['2.8']];

/** Two programs, one of which is killed in the middle and started again. */
describe.skipIf(missing.length > 0)(
  `scans by two workers${missing.length > 0 ? ` (needs ${missing.join()})` : ''}`,
  () => {
    let stack: Stack;
    let adapter: SharedAdapter;
    beforeAll(async () => {
      adapter = await SharedAdapter.start(FINDINGS);
      stack = await startStack({ workers: 0 });
    }, 120_000);
    afterAll(async () => {
      await stack?.stop();
      await adapter?.stop();
    });

    const sql = <T extends object>(text: string, values: unknown[] = []) => query<T>(stack.databaseUrl, text, values);
    const count = async (what: string): Promise<number> =>
      (await sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${what}`))[0]!.n;

    /** The rows that so many pushes make. */
    const pushMany = async (): Promise<void> => {
      const digests = `'sha256:' || encode(sha256(i::text::bytea), 'hex')`;
      await sql(
        `WITH place AS (
         INSERT INTO repositories (registry_id, namespace_id, name, full_name)
         SELECT registry_id, id, 'app', 'app' FROM namespaces WHERE kind = 'global' LIMIT 1 RETURNING id, registry_id),
       made AS (
         INSERT INTO manifests (repository_id, digest, media_type, config_media_type, size, manifest_size)
         SELECT p.id, ${digests}, 'application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.config.v1+json', 1, 1
           FROM place p, generate_series(1, $1::int) i)
       INSERT INTO scan_targets (registry_id, digest) SELECT p.registry_id, ${digests} FROM place p, generate_series(1, $1::int) i`,
        [DIGESTS],
      );
    };

    it(`has each of ${DIGESTS} digests scanned, none twice at the same time, though one is killed`, async () => {
      await pushMany();
      const env = (name: string) => ({ PORTUS_SECURITY_ADAPTERS: adapter.settingsOf(name) });
      const [victim] = await Promise.all(['victim', 'other'].map((name) => stack.startWorker(env(name))));
      await until('it goes on', () => adapter.completed.size >= HELD_AFTER, { timeoutMs: 120_000 });
      adapter.hold('victim');
      await until('the victim has some in its hands', () => adapter.of('victim').length === 4);
      await victim!.kill();
      const lost = adapter.forget('victim');
      if (DIGESTS < MANY)
        await sql(
          `UPDATE scans SET lease_until = now() FROM scan_targets t WHERE t.id = target_id AND scans.state = 'running' AND t.digest = ANY($1)`,
          [lost],
        );
      await victim!.start();
      const all = async () => (await count(`scans WHERE state = 'done'`)) === DIGESTS;
      await until('all are scanned', all, { timeoutMs: 3_600_000, everyMs: 500 });
      expect(adapter.twice).toEqual([]);
      expect(adapter.completed.size).toBe(DIGESTS);
      const again = [...adapter.completed].filter(([, times]) => times > 1);
      expect(again).toEqual([]);
      expect(await count('scan_verdicts')).toBe(DIGESTS);
      expect(await count('scan_issues')).toBe(FINDINGS.length);
      expect(await count('scan_findings')).toBe(DIGESTS * FINDINGS.length);
      expect(await count(`scan_targets WHERE state = 'done' AND high = ${FINDINGS.length}`)).toBe(DIGESTS);
    }, 3_700_000);
  },
);
