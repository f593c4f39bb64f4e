/** Anything that runs SQL. */
export type Run = (text: string, values?: unknown[]) => Promise<unknown>;

/** How much a house holds; the rest follows from it. */
export interface Size {
  repositories: number;
  /** Of each repository. */
  tags: number;
  /** Each with a namespace and four members; repositories are spread over them. */
  teams: number;
  users: number;
  /** Rows of each log: events, activities, refusals, deletions and their items, differences, deliveries. */
  logged: number;
}

/** The first repository, run, deletion and so on have this many rows below them, in every house. */
export const BELOW = 200;
/** Teams that the reader belongs to. */
const MEMBERSHIPS = 20;

/**
 * Fills a migrated database with one registry, whose id is 1, by SQL alone. `reader` is a user who exists and sees what
 * teams and visibility allow. Ids that paths name are 1 where there is one, see list-routes.ts.
 */
export async function fillCatalog(run: Run, size: Size, reader: string): Promise<void> {
  await people(run, size, reader);
  await images(run, size);
  await logs(run, size);
  await belowTheFirst(run);
  await run('VACUUM ANALYZE');
}

async function people(run: Run, { users, teams }: Size, reader: string): Promise<void> {
  await run(
    `INSERT INTO users (username, email) SELECT 'user-' || i, 'user-' || i || '@big.test' FROM generate_series(1, $1::int) i`,
    [users],
  );
  await run(`INSERT INTO teams (name, description) SELECT 'team-' || i, 'x' FROM generate_series(1, $1::int) i`, [
    teams,
  ]);
  await run(
    `INSERT INTO namespaces (registry_id, name, team_id, kind, visibility)
     SELECT 1, name, id, 'team', CASE WHEN id % 10 = 0 THEN 'public' ELSE 'private' END FROM teams WHERE name LIKE 'team-%'`,
  );
  await run(
    `INSERT INTO team_users (team_id, user_id, role)
     SELECT t.id, u.id, 'contributor' FROM teams t CROSS JOIN generate_series(0, 3) n
       JOIN users u ON u.username = ('user-' || (1 + (t.id * 3 + n) % $1::int))::citext
      WHERE t.name LIKE 'team-%' ON CONFLICT DO NOTHING`,
    [users],
  );
  await run(
    `INSERT INTO team_users (team_id, user_id, role)
     SELECT t.id, u.id, 'owner' FROM teams t JOIN users u ON u.username = $1::citext
      WHERE t.name LIKE 'team-%' AND t.id % $2::int = 0`,
    [reader, Math.ceil(teams / MEMBERSHIPS)],
  );
}

async function images(run: Run, { repositories, tags }: Size): Promise<void> {
  await run(
    `INSERT INTO repositories (registry_id, namespace_id, full_name, name, tags_count)
     SELECT 1, n.id, n.name || '/app-' || i, 'app-' || i, $2::int FROM generate_series(1, $1::int) i
       JOIN (SELECT id, name, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS all FROM namespaces
              WHERE name LIKE 'team-%') n ON n.place = i % n.all`,
    [repositories, tags],
  );
  await run(
    `INSERT INTO manifests (repository_id, digest, media_type, size, manifest_size, os, architecture)
     SELECT p.id, 'sha256:' || md5(p.id || '-' || i) || md5(i || '-' || p.id),
            'application/vnd.oci.image.manifest.v1+json', 1000 + i, 500, 'linux', 'amd64'
       FROM repositories p CROSS JOIN generate_series(1, $1::int) i`,
    [tags],
  );
  await run(
    `INSERT INTO tags (repository_id, name, manifest_id, username, created_at, updated_at)
     SELECT repository_id, 'v' || (size - 1000), id, 'somebody', now() - id * interval '1 second', now() - id * interval '1 second'
       FROM manifests`,
  );
  await run(
    `INSERT INTO scan_targets (registry_id, digest, state, unplanned) SELECT 1, digest, 'done', false FROM manifests WHERE id % 10 = 0`,
  );
}

async function logs(run: Run, { logged }: Size): Promise<void> {
  const each = (text: string) => run(text, [logged]);
  await each(
    `INSERT INTO registry_events (registry_id, event_id, action, repository, state, received_at)
     SELECT 1, 'e' || i, 'push', 'team-' || i % 97 || '/app', CASE WHEN i % 50 = 0 THEN 'dead' ELSE 'done' END,
            now() - i * interval '1 second' FROM generate_series(1, $1::int) i`,
  );
  await each(
    `INSERT INTO activities (key, actor_id, actor_name, subject_type, subject_id, subject_name, team_id, created_at)
     SELECT 'team.create', 1 + i % 100, 'x', 'team', i, 'x', 1 + i % 100, now() - i * interval '1 second'
       FROM generate_series(1, $1::int) i`,
  );
  await each(
    `INSERT INTO denials (user_id, registry_id, repository, action, told, reason, day, first_at, last_at, address, count)
     SELECT 1 + i % 100, 1, 'team-' || i % 97 || '/app', 'push', 'not-a-member', 'not-a-member',
            current_date - (i / 97), now(), now() - i * interval '1 second', '192.0.2.1', 1
       FROM generate_series(1, $1::int) i ON CONFLICT DO NOTHING`,
  );
  await each(
    `INSERT INTO deletions (kind, name, actor_id, actor, state, finished_at)
     SELECT 'tags', 'x', 1 + i % 100, 'x', 'done', now() FROM generate_series(1, $1::int / 10) i`,
  );
  await each(
    `INSERT INTO deletion_items (deletion_id, registry_id, full_name, tag, state)
     SELECT 1 + i % ($1::int / 10), 1, 'team/app', 'v' || i, 'removed' FROM generate_series(1, $1::int) i`,
  );
  await each(
    `INSERT INTO sync_runs (registry_id, slot, mode, strategy, state)
     SELECT 1, 'big:' || i, 'names', 'update', 'done' FROM generate_series(1, $1::int / 100) i`,
  );
  await each(
    `INSERT INTO sync_differences (run_id, repository, tag, kind, state, reason)
     SELECT r.first + i % ($1::int / 100), 'team/app', 'v' || i, 'not_stored', 'repaired', 'x'
       FROM generate_series(1, $1::int) i, (SELECT min(id) AS first FROM sync_runs WHERE slot LIKE 'big:%') r`,
  );
  await each(
    `INSERT INTO tag_alarms (repository_id, tag, rule, kept_digest, settled_at)
     SELECT p.id, 'v1', 'x', 'sha256:x', CASE WHEN p.id % 3 > 0 THEN now() END FROM repositories p LIMIT $1::int`,
  );
  await each(
    `INSERT INTO comments (repository_id, user_id, body)
     SELECT p.id, u.id, 'x' FROM generate_series(1, $1::int) i, (SELECT min(id) AS id FROM repositories) p,
            (SELECT min(id) AS id FROM users) u WHERE i <= 1`,
  );
  await each(
    `INSERT INTO tag_revisions (repository_id, tag, digest, learned_from)
     SELECT p.id, 'v' || i % 50, 'sha256:x', 'event' FROM generate_series(1, $1::int) i
       JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM repositories) p ON p.place = 2 + i % 90`,
  );
}

/** The same in every house: what lies below one thing is not a matter of how much there is altogether. */
async function belowTheFirst(run: Run): Promise<void> {
  const each = (text: string) => run(text, [BELOW]);
  const first = `(SELECT min(id) FROM repositories)`;
  await each(
    `INSERT INTO comments (repository_id, user_id, body)
     SELECT ${first}, (SELECT min(id) FROM users), 'x' FROM generate_series(1, $1::int) i`,
  );
  await each(
    `INSERT INTO tag_revisions (repository_id, tag, digest, learned_from)
     SELECT g.repository_id, g.name, 'sha256:' || i, 'event' FROM generate_series(1, $1::int) i,
            (SELECT repository_id, name FROM tags ORDER BY id LIMIT 1) g`,
  );
  await each(
    `INSERT INTO webhooks (namespace_id, name, url, origin, events)
     SELECT (SELECT namespace_id FROM repositories ORDER BY id LIMIT 1), 'hook-' || i, 'http://hook.test', 'http://hook.test', '{push}'
       FROM generate_series(1, $1::int) i`,
  );
  await each(
    `INSERT INTO webhook_deliveries (webhook_id, uuid, event, facts, state)
     SELECT w.id, gen_random_uuid(), 'push', '{"tag": null, "repository": {"id": 1, "name": "team/app"}}', 'delivered' FROM generate_series(1, $1::int) i, (SELECT min(id) AS id FROM webhooks) w`,
  );
  await each(
    `INSERT INTO retention_rules (namespace_id, name, action)
     SELECT n.id, 'rule-' || i, 'protect' FROM generate_series(1, $1::int / 4) i,
            (SELECT NULL::int AS id UNION ALL (SELECT namespace_id FROM repositories ORDER BY id LIMIT 1)) n`,
  );
  await run(`INSERT INTO vulnerabilities (name) SELECT 'CVE-2026-' || i FROM generate_series(1, 1000) i`);
  await run(
    `INSERT INTO scan_issues (key, scanner, vulnerability_id, package, installed, severity)
     SELECT gen_random_uuid(), 'x', id, 'openssl', '1', 'high' FROM vulnerabilities`,
  );
  await run(
    `INSERT INTO scan_verdicts (target_id, scanner, completed_at) SELECT id, 'x', now() FROM scan_targets ORDER BY id LIMIT 100`,
  );
  await run(
    `INSERT INTO scan_findings (verdict_id, issue_id) SELECT v.id, i.id FROM scan_verdicts v JOIN scan_issues i ON i.id <= 200`,
  );
  await run(
    `INSERT INTO accepted_risks (namespace_id, vulnerability, reason, username)
     SELECT n.id, 'CVE-2026-' || i, 'x', 'x' FROM generate_series(1, 100) i,
            (SELECT NULL::int AS id UNION ALL (SELECT namespace_id FROM repositories ORDER BY id LIMIT 1)) n`,
  );
}
