import type { Sql } from './database.js';

/** What came of a change of rights. last: there would be no administrator left who can sign in. */
export type RightsOutcome = 'changed' | 'unchanged' | 'last';

/**
 * Makes a person an administrator, or takes that away again, but not from the last one who can sign in: all of them are
 * locked in one order, so that two who are demoted at once do not both go. Voids what was verified before.
 *
 * @param sql a transaction
 */
export async function setAdmin(sql: Sql, id: number, admin: boolean): Promise<RightsOutcome> {
  const admins = await sql.query<{ id: number }>(
    `SELECT id FROM users WHERE admin AND NOT service AND NOT bot AND enabled AND locked_at IS NULL
      ORDER BY id FOR NO KEY UPDATE`,
  );
  if (!admin && admins.length === 1 && admins[0]!.id === id) return 'last';
  const rows = await sql.query(
    `UPDATE users SET admin = $2, credential_version = credential_version + 1, updated_at = now()
      WHERE id = $1 AND admin <> $2 RETURNING 1`,
    [id, admin],
  );
  return rows.length > 0 ? 'changed' : 'unchanged';
}
