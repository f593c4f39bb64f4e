import { ADMIN, hasRedis, House } from './harness/house.js';
import { keep } from './harness/row.js';
import { type Compared, judge } from './harness/side-by-side.js';
import { basic, SERVICE } from './harness/token-requests.js';

const LIMIT = 1.5;
/** Of every repository, and of every image. */
const IMAGES = 5;
const FINDINGS = 100;
/** 10 000 findings, and a million; a page of repositories is full in both. */
const SMALL = 20;
const BIG = 2_000;
/** Different vulnerable packages, of which each image has some. */
const ISSUES = 20_000;
/** Bytes of one finding with its indexes, and its share of what it names. */
const MOST_BYTES = 200;
const PAGES = [
  '/repositories',
  '/repositories/:repository/tags',
  '/tags/:tag/vulnerabilities',
  '/tags/:tag/verdict?max=high',
];

/** Straight into the tables, and then summed up as workers do it. */
const FILL = [
  `INSERT INTO repositories (registry_id, namespace_id, name, full_name, tags_count)
   SELECT registry_id, id, 'app-' || i, 'app-' || i, ${IMAGES} FROM namespaces, generate_series(1, $1::int) i WHERE kind = 'global'`,
  `INSERT INTO manifests (repository_id, digest, media_type, config_media_type, size, manifest_size)
   SELECT id, 'sha256:' || encode(sha256((full_name || i)::bytea), 'hex'), 'application/vnd.oci.image.manifest.v1+json',
          'application/vnd.oci.image.config.v1+json', 1, 1 FROM repositories, generate_series(1, ${IMAGES}) i WHERE $1::int > 0`,
  `INSERT INTO tags (repository_id, name, manifest_id) SELECT repository_id, 'v' || id, id FROM manifests WHERE $1::int > 0`,
  `INSERT INTO scanners (name, enabled, backfilled) SELECT 'trivy', true, true WHERE $1::int > 0`,
  `INSERT INTO scan_targets (registry_id, digest, unplanned, state, verdict_at)
   SELECT r.registry_id, m.digest, false, 'done', now() FROM manifests m JOIN repositories r ON r.id = m.repository_id WHERE $1::int > 0`,
  `INSERT INTO scans (target_id, scanner, state, priority) SELECT id, 'trivy', 'done', 1 FROM scan_targets WHERE $1::int > 0`,
  `INSERT INTO scan_verdicts (target_id, scanner, completed_at) SELECT id, 'trivy', now() FROM scan_targets WHERE $1::int > 0`,
  `INSERT INTO vulnerabilities (name, title, links)
   SELECT 'CVE-2099-' || i, 'a title of some words that is as long as they are', ARRAY['https://example.com/' || i]
     FROM generate_series(1, ${ISSUES}) i WHERE $1::int > 0`,
  `INSERT INTO scan_issues (key, scanner, vulnerability_id, package, purl, installed, fixed, severity)
   SELECT gen_random_uuid(), 'trivy', id, 'package-' || id, 'pkg:deb/debian/package-' || id, '1.2.3', CASE WHEN id % 2 = 0 THEN '1.2.4' END,
          (ARRAY['critical', 'high', 'medium', 'low'])[id % 4 + 1] FROM vulnerabilities WHERE $1::int > 0`,
  `INSERT INTO scan_findings (verdict_id, issue_id)
   SELECT v.id, (v.id * 37 + i * 101) % ${ISSUES} + 1 FROM scan_verdicts v, generate_series(1, ${FINDINGS}) i WHERE $1::int > 0
   ON CONFLICT DO NOTHING`,
  `UPDATE scan_targets t SET critical = c.critical, high = c.high, medium = c.medium, low = c.low, fixable = c.fixable, worst = 'critical'
     FROM (SELECT v.target_id, count(*) FILTER (WHERE i.severity = 'critical') AS critical, count(*) FILTER (WHERE i.severity = 'high') AS high,
                  count(*) FILTER (WHERE i.severity = 'medium') AS medium, count(*) FILTER (WHERE i.severity = 'low') AS low,
                  count(i.fixed) AS fixable
             FROM scan_verdicts v JOIN scan_findings f ON f.verdict_id = v.id JOIN scan_issues i ON i.id = f.issue_id GROUP BY 1) c
    WHERE c.target_id = t.id AND $1::int > 0`,
];

const options = { queues: hasRedis() ? 'redis' : 'postgres', registry: SERVICE } as const;
const [small, big] = [await House.build(options), await House.build(options)];
try {
  const sides = [await open(small, SMALL), await open(big, BIG)] as const;
  const authorization = basic(ADMIN.username, ADMIN.password);
  const results: (Compared & { page: string })[] = [];
  for (const page of PAGES) {
    const urls = [await sides[0](page), await sides[1](page)] as const;
    results.push({ page, ...(await judge({ urls, authorization })) });
  }
  await report(results);
} finally {
  await small.remove();
  await big.remove();
}

/** Returns what makes addresses of pages. */
async function open(house: House, repositories: number): Promise<(page: string) => Promise<URL>> {
  const api = await house.startApi();
  for (const statement of FILL) await house.sql.query(statement, [repositories]);
  await house.sql.query('VACUUM ANALYZE');
  const one = async (text: string): Promise<number> => (await house.sql.query<{ id: number }>(text)).rows[0]!.id;
  const repository = await one('SELECT max(id) AS id FROM repositories');
  const tag = await one('SELECT max(id) AS id FROM tags');
  return async (page) =>
    new URL(`/api/v1${page.replace(':repository', String(repository)).replace(':tag', String(tag))}`, api.url);
}

async function report(results: (Compared & { page: string })[]): Promise<void> {
  for (const { page, ratio, small: few, big: many } of results)
    process.stdout.write(
      `findings ratio=${ratio.toFixed(2)} p95 small=${few.toFixed(1)} big=${many.toFixed(1)} ms GET ${page}\n`,
    );
  const { findings, bytes, all } = await storage(big);
  process.stdout.write(
    `findings bytes=${bytes.toFixed(0)} limit=${MOST_BYTES} of one of ${findings}, with its indexes; ${all.toFixed(0)} with all that it names\n`,
  );
  const what = 'p95 of pages that count findings, at a million of them against 10 000';
  const { ratio } = results[0]!;
  process.stdout.write(`findings ratio=${ratio.toFixed(2)} limit=${LIMIT} GET /repositories (${what})\n`);
  keep({ name: 'findings', what, ratio, limit: LIMIT, findings, bytes, all, results });
  if (ratio > LIMIT || bytes > MOST_BYTES) process.exitCode = 1;
}

async function storage(house: House): Promise<{ findings: number; bytes: number; all: number }> {
  const { rows } = await house.sql.query<{ findings: number; own: number; named: number }>(
    `SELECT count(*)::float8 AS findings, pg_total_relation_size('scan_findings')::float8 AS own,
            (pg_total_relation_size('scan_issues') + pg_total_relation_size('vulnerabilities') + pg_total_relation_size('scan_verdicts'))::float8 AS named
       FROM scan_findings`,
  );
  const { findings, own, named } = rows[0]!;
  return { findings, bytes: own / findings, all: (own + named) / findings };
}
