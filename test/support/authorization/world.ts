import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { hashSync } from '@node-rs/argon2';
import { csrfTokenOf } from '#identity/session-token.js';
import type { TestDatabase } from '../test-database.js';

/** Ids of the world; high, so that nothing that the application makes meets them. */
const BASE = 900_000;

/** Who calls, in the order of the table's columns. */
export const CALLERS = [
  'anonymous',
  'user',
  'viewer',
  'contributor',
  'owner',
  'admin',
  'bot',
  'disabled',
  'foreign',
  'read-only',
  'kept away',
  'no CSRF',
] as const;
export type Caller = (typeof CALLERS)[number];

/** What each caller is; docs/api-permissions.md repeats it for people. */
const PEOPLE: Record<string, { id: number; admin?: boolean; bot?: boolean; enabled?: boolean }> = {
  user: { id: BASE + 1 },
  viewer: { id: BASE + 2 },
  contributor: { id: BASE + 3 },
  owner: { id: BASE + 4 },
  admin: { id: BASE + 5, admin: true },
  bot: { id: BASE + 6, bot: true },
  disabled: { id: BASE + 7, enabled: false },
  foreign: { id: BASE + 8 },
  second: { id: BASE + 9, admin: true },
  other: { id: BASE + 10 },
  robot: { id: BASE + 11, bot: true },
};

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const WHEN = `'2026-01-02T03:04:05Z'`;

/** Of `other`, who signs in with it. */
export const PASSWORD = 'password of other';
const HASH = hashSync(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });

/** A secret of the right form that needs no other secrecy than being made up. */
const secret = (prefix: string, name: string): string =>
  prefix + createHash('sha256').update(`${prefix}${name}`).digest('base64url');
const hashOf = (text: string): string => `'\\x${createHash('sha256').update(text).digest('hex')}'`;

const TOKENS = {
  'read-only': { of: 'owner', limits: `ARRAY['pull'], NULL` },
  'kept away': { of: 'owner', limits: `NULL, ARRAY['others']` },
} as const;

/** The headers by which a caller is known. */
export function credentialsOf(caller: Caller): Record<string, string> {
  if (caller === 'anonymous') return {};
  if (caller === 'no CSRF') return { cookie: `portus_session=${secret('pts_', 'owner')}` };
  const username = caller in TOKENS ? TOKENS[caller as keyof typeof TOKENS].of : caller;
  return { 'portus-auth': `${username}:${secret('ptk_', caller)}` };
}

/** The same session as `no CSRF`, of a page that may change things. */
export const signedInPage = (): Record<string, string> => ({
  ...credentialsOf('no CSRF'),
  'x-csrf-token': csrfTokenOf(secret('pts_', 'owner')),
});

/** The ids that stand in paths. */
export const OBJECTS: Record<string, number> = {
  '/registries/{id}': BASE + 1,
  '{run}': BASE + 1,
  '/users/{id}': PEOPLE['other']!.id,
  '/users/application_tokens/{id}': BASE + 90,
  '/users/refresh_tokens/{id}': BASE + 1,
  '/sessions/{id}': BASE + 2,
  '/teams/{id}': BASE + 1,
  '{member_id}': BASE + 3,
  '/namespaces/{id}': BASE + 1,
  '/repositories/{id}': BASE + 1,
  '{tag_id}': BASE + 1,
  '{comment_id}': BASE + 1,
  '/tags/{id}': BASE + 1,
  '/deletions/{id}': BASE + 1,
  '/events/{id}': BASE + 1,
  '/tag_alarms/{id}': BASE + 1,
  '/retention_rules/{rule_id}': BASE + 2,
  '/namespaces/{id}/retention_rules/{rule_id}': BASE + 1,
  '{webhook_id}': BASE + 1,
  '{header_id}': BASE + 1,
  '{delivery_id}': BASE + 1,
  '/sboms/{key}': BASE + 1,
  '/accepted_risks/{risk_id}': BASE + 2,
  '/namespaces/{id}/accepted_risks/{risk_id}': BASE + 1,
  '{scan_id}': BASE + 1,
  '/vulnerabilities/{id}': BASE + 1,
  '/vulnerabilities/{name}': 1,
};

export const VISIBILITIES = ['private', 'protected', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/**
 * Puts the world back: one namespace `crew/` with an image, its team, a second team, and everybody's tokens.
 *
 * @param visibility of `crew/`
 */
export async function resetWorld(database: TestDatabase, visibility: Visibility = 'private'): Promise<void> {
  const tables = await tablesOf(database);
  const statements = [
    'SET session_replication_role = replica',
    ...tables.map((table) => `DELETE FROM ${table}`),
    ...people(),
    ...places(visibility),
    ...histories(),
    ...webhooks(),
    ...sboms(),
    'SET session_replication_role = origin',
  ];
  await database.sql.query(statements.join(';\n'));
}

let known: string[] | null = null;
async function tablesOf(database: TestDatabase): Promise<string[]> {
  if (known !== null) return known;
  const rows = await database.sql.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`,
  );
  known = rows.map(({ name }) => name);
  return known;
}

function people(): string[] {
  const rows = Object.entries(PEOPLE).map(
    ([name, { id, admin = false, bot = false, enabled = true }]) =>
      `(${id}, '${name}', '${name}@example.test', '${name === 'other' ? HASH : 'x'}', ${admin}, ${bot}, ${enabled}, false)`,
  );
  const service = `(${BASE + 20}, 'portus', NULL, 'x', true, false, true, true)`;
  const tokens = Object.keys(PEOPLE).map((name, i) => tokenRow(BASE + 30 + i, name, name, 'NULL, NULL'));
  const narrow = Object.entries(TOKENS).map(([name, { of, limits }], i) => tokenRow(BASE + 60 + i, of, name, limits));
  const extra = tokenRow(BASE + 90, 'other', 'to be deleted', 'NULL, NULL');
  return [
    `INSERT INTO users (id, username, email, password_hash, admin, bot, enabled, service) VALUES ${[...rows, service].join()}`,
    `INSERT INTO application_tokens (id, user_id, application, token_hash, actions, namespaces)
     VALUES ${[...tokens, ...narrow, extra].join()}`,
    `INSERT INTO sessions (id, user_id, token_hash, credential_version, address, user_agent, expires_at) VALUES
     ${sessionRow(1, 'owner')}, ${sessionRow(2, 'other')}`,
    `INSERT INTO refresh_tokens (id, user_id, service, client_id, token_hash, credential_version, expires_at) VALUES
     (${BASE + 1}, ${PEOPLE['other']!.id}, 'registry.test', 'docker', ${hashOf('refresh')},
      (SELECT credential_version FROM users WHERE username = 'other'), now() + interval '1 day')`,
  ];
}

const tokenRow = (id: number, of: string, name: string, limits: string): string =>
  `(${id}, ${PEOPLE[of]!.id}, '${name}', ${hashOf(secret('ptk_', name))}, ${limits})`;

const sessionRow = (id: number, of: string): string =>
  `(${BASE + id}, ${PEOPLE[of]!.id}, ${hashOf(secret('pts_', of))},
    (SELECT credential_version FROM users WHERE username = '${of}'), '127.0.0.1', 'test', now() + interval '1 day')`;

function places(visibility: Visibility): string[] {
  const [one, two] = [BASE + 1, BASE + 2];
  const members = [
    ['viewer', one, 'viewer'],
    ['contributor', one, 'contributor'],
    ['owner', one, 'owner'],
    ['owner', BASE + 3, 'owner'],
    ['bot', one, 'contributor'],
    ['disabled', one, 'owner'],
    ['foreign', two, 'owner'],
  ] as const;
  // The membership of `viewer` has the id that OBJECTS names.
  const rows = members.map(([name, team, role], i) => `(${BASE + 3 + i}, ${team}, ${PEOPLE[name]!.id}, '${role}')`);
  return [
    `INSERT INTO registries (id, name, hostname) VALUES (${one}, 'registry', '127.0.0.1:9')`,
    `INSERT INTO teams (id, name) VALUES (${one}, 'crew'), (${two}, 'others'), (${BASE + 3}, 'spare')`,
    `INSERT INTO team_users (id, team_id, user_id, role) VALUES ${rows.join()}`,
    `INSERT INTO namespaces (id, name, registry_id, team_id, visibility) VALUES
     (${one}, 'crew', ${one}, ${one}, '${visibility}'), (${two}, 'others', ${one}, ${two}, 'private'),
     (${BASE + 3}, 'empty', ${one}, ${one}, 'private')`,
    `INSERT INTO repositories (id, registry_id, namespace_id, full_name, name, tags_count) VALUES
     (${one}, ${one}, ${one}, 'crew/app', 'app', 1)`,
    `INSERT INTO manifests (id, repository_id, digest, media_type, size, manifest_size) VALUES
     (${one}, ${one}, '${DIGEST}', 'application/vnd.oci.image.manifest.v1+json', 100, 10)`,
    `INSERT INTO tags (id, repository_id, name, manifest_id, username) VALUES (${one}, ${one}, 'v1', ${one}, 'owner')`,
    `INSERT INTO tag_revisions (id, repository_id, tag, digest, learned_from) VALUES (${one}, ${one}, 'v1', '${DIGEST}', 'event')`,
    `INSERT INTO comments (id, repository_id, user_id, body) VALUES (${one}, ${one}, ${PEOPLE['viewer']!.id}, 'nice')`,
  ];
}

function histories(): string[] {
  const one = BASE + 1;
  return [
    `INSERT INTO retention_rules (id, namespace_id, name, action, older_than) VALUES
     (${one}, ${one}, 'of the namespace', 'drop', 30), (${BASE + 2}, NULL, 'of all', 'drop', 30)`,
    `INSERT INTO scanners (name, enabled) VALUES ('trivy', true)`,
    `INSERT INTO scan_targets (id, registry_id, digest) VALUES (${one}, ${one}, '${DIGEST}')`,
    `INSERT INTO scans (id, target_id, scanner, state, reason, priority) VALUES (${one}, ${one}, 'trivy', 'failed', 'test', 1)`,
    `INSERT INTO accepted_risks (id, namespace_id, vulnerability, reason, username) VALUES
     (${one}, ${one}, 'CVE-2099-0001', 'not reachable', 'owner'), (${BASE + 2}, NULL, 'CVE-2099-0002', 'not reachable', 'admin')`,
    `INSERT INTO tag_alarms (id, repository_id, tag, rule, kept_digest, found_digest) VALUES
     (${one}, ${one}, 'v1', 'keep', 'sha256:${'cd'.repeat(32)}', '${DIGEST}')`,
    `INSERT INTO deletions (id, kind, name, namespace_id, actor_id, actor, state, finished_at) VALUES
     (${one}, 'tags', 'crew/app', ${one}, ${PEOPLE['owner']!.id}, 'owner', 'done', ${WHEN})`,
    `INSERT INTO sync_runs (id, registry_id, slot, mode, strategy, state, outcome) VALUES
     (${one}, ${one}, 'ask:1', 'names', 'update', 'waiting', NULL)`,
    `INSERT INTO registry_events (id, registry_id, event_id, action, repository, tag, state, reason, payload) VALUES
     (${one}, ${one}, 'e1', 'push', 'crew/app', 'v1', 'failed', 'test', '{}')`,
  ];
}

/** The image has an SBOM. */
function sboms(): string[] {
  const one = BASE + 1;
  const packed = gzipSync('{"bomFormat":"CycloneDX"}').toString('hex');
  return [
    `INSERT INTO scan_targets (registry_id, digest) VALUES (${one}, '${DIGEST}') ON CONFLICT DO NOTHING`,
    `INSERT INTO scan_sboms (id, target_id, scanner, media_type, size, packed)
     SELECT ${one}, id, 'trivy', 'application/vnd.cyclonedx+json', 25, '\\x${packed}' FROM scan_targets
      WHERE registry_id = ${one} AND digest = '${DIGEST}'`,
  ];
}

function webhooks(): string[] {
  const one = BASE + 1;
  const facts = { repository: { id: one, name: 'crew/app' }, tag: 'v1' };
  return [
    `INSERT INTO webhooks (id, namespace_id, name, url, origin, events) VALUES
     (${one}, ${one}, 'ci', 'https://hooks.test/ci', 'https://hooks.test', ARRAY['push'])`,
    `INSERT INTO webhook_headers (id, webhook_id, name, value) VALUES (${one}, ${one}, 'X-Room', 'sealed')`,
    `INSERT INTO webhook_deliveries (id, webhook_id, uuid, event, state, facts) VALUES
     (${one}, ${one}, gen_random_uuid(), 'push', 'dead', '${JSON.stringify(facts)}')`,
  ];
}
