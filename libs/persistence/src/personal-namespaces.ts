import { namespaceNameFor } from '#domain/naming/repository-name.js';
import type { Sql } from './database.js';

interface Missing {
  registryId: number;
  userId: number;
  username: string;
}

/**
 * Gives every person a private namespace of the own name in every registry, with a hidden team that the person owns.
 * Bots and the service account get none. Names that are taken get a number behind.
 */
export async function ensurePersonalNamespaces(
  sql: Sql,
  only: { userId?: number; registryId?: number },
): Promise<void> {
  const missing = await sql.query<Missing & Record<string, unknown>>(
    `SELECT r.id AS "registryId", u.id AS "userId", u.username::text
       FROM users u CROSS JOIN registries r
      WHERE NOT u.bot AND NOT u.service AND ($1::int IS NULL OR u.id = $1) AND ($2::int IS NULL OR r.id = $2)
        AND NOT EXISTS (SELECT FROM namespaces n WHERE n.registry_id = r.id AND n.kind = 'personal' AND n.owner_id = u.id)
      ORDER BY u.id, r.id`,
    [only.userId ?? null, only.registryId ?? null],
  );
  for (const one of missing) await createPersonalNamespace(sql, one);
}

async function createPersonalNamespace(sql: Sql, { registryId, userId, username }: Missing): Promise<void> {
  const base = namespaceNameFor(username);
  if (base === null) return;
  const teamId = await personalTeam(sql, userId, username);
  for (const name of numbered(base)) {
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO namespaces (registry_id, name, kind, owner_id, team_id) VALUES ($1, $2, 'personal', $3, $4)
       ON CONFLICT (registry_id, name) DO NOTHING RETURNING id`,
      [registryId, name, userId, teamId],
    );
    if (!made) continue;
    await sql.query('UPDATE users SET namespace_id = coalesce(namespace_id, $2) WHERE id = $1', [userId, made.id]);
    return;
  }
}

/** The hidden team behind the personal namespaces of a person, who owns it; made when there is none. */
export async function personalTeam(sql: Sql, userId: number, username: string): Promise<number> {
  return (await teamOf(sql, userId)) ?? (await createTeam(sql, userId, username));
}

async function teamOf(sql: Sql, userId: number): Promise<number | null> {
  const [row] = await sql.query<{ team_id: number }>(
    `SELECT team_id FROM namespaces WHERE owner_id = $1 AND kind = 'personal' LIMIT 1`,
    [userId],
  );
  return row?.team_id ?? null;
}

async function createTeam(sql: Sql, userId: number, username: string): Promise<number> {
  for (const name of numbered(username)) {
    const [team] = await sql.query<{ id: number }>(
      'INSERT INTO teams (name, hidden) VALUES ($1, true) ON CONFLICT (name) DO NOTHING RETURNING id',
      [name],
    );
    if (!team) continue;
    await sql.query(`INSERT INTO team_users (team_id, user_id, role) VALUES ($1, $2, 'owner')`, [team.id, userId]);
    return team.id;
  }
  throw new Error('no free name for a personal team');
}

/**
 * Takes the personal namespaces out of the hands of their user. Those that nothing was ever pushed to are removed, with
 * the hidden team, so that the names are free again; the others go to the administrators (the hidden team behind the
 * registry's global namespace), as they are.
 */
export async function releasePersonalNamespaces(
  sql: Sql,
  userId: number,
): Promise<{ removed: string[]; kept: string[] }> {
  // Repositories of a push that is being written hold their namespace: waited for here, they are seen below.
  const own = await sql.query<{ team_id: number }>(
    `SELECT team_id FROM namespaces WHERE owner_id = $1 AND kind = 'personal' ORDER BY id FOR UPDATE`,
    [userId],
  );
  const removed = await sql.query<{ name: string }>(
    `DELETE FROM namespaces n WHERE n.owner_id = $1 AND n.kind = 'personal'
        AND NOT EXISTS (SELECT FROM repositories p WHERE p.namespace_id = n.id)
        AND NOT EXISTS (SELECT FROM registry_events e WHERE e.registry_id = n.registry_id
                           AND e.state IN ('received', 'failed') AND starts_with(e.repository, n.name || '/'))
     RETURNING n.name`,
    [userId],
  );
  const kept = await sql.query<{ name: string }>(
    `UPDATE namespaces n SET kind = 'team', owner_id = NULL, team_id = g.team_id, updated_at = now()
       FROM namespaces g
      WHERE n.owner_id = $1 AND n.kind = 'personal' AND g.registry_id = n.registry_id AND g.kind = 'global'
     RETURNING n.name`,
    [userId],
  );
  await sql.query(
    `DELETE FROM teams t WHERE t.id = ANY($1::int[]) AND t.hidden
        AND NOT EXISTS (SELECT FROM namespaces n WHERE n.team_id = t.id)`,
    [own.map((one) => one.team_id)],
  );
  return { removed: removed.map((one) => one.name), kept: kept.map((one) => one.name) };
}

function* numbered(base: string): Generator<string> {
  yield base;
  for (let i = 0; i < 1000; i++) yield `${base}${i}`;
}
