import type { ActivityKey, SubjectType } from '#domain/activity/activity-keys.js';
import { storable } from '#domain/manifest/storable.js';
import type { Database, Sql } from './database.js';
import type { Viewer } from './namespaces.repository.js';

/** Who did it, and from where. */
export interface By {
  actorId: number | null;
  actorName: string | null;
  address: string | null;
  requestId: string | null;
}

/** Portus itself. */
export const BY_PORTUS: By = { actorId: null, actorName: 'portus', address: null, requestId: null };

/** Whoever may start the command `portus` on this machine: it asks for no sign-in. */
export const BY_COMMAND: By = { actorId: null, actorName: 'portus command', address: null, requestId: null };

export interface NewActivity {
  key: ActivityKey;
  subjectType: SubjectType;
  subjectId: number | string | null;
  subjectName: string;
  /** Members of the team see it beside the actor and administrators; of a namespace: the one that owns it. */
  teamId?: number | null;
  namespaceId?: number | null;
  /** What changed, without secrets. */
  details?: Record<string, unknown>;
}

export interface ActivityRow {
  id: string;
  createdAt: Date;
  key: ActivityKey;
  actorId: number | null;
  actorName: string | null;
  address: string | null;
  requestId: string | null;
  subjectType: SubjectType;
  subjectId: string | null;
  subjectName: string;
  teamId: number | null;
  namespaceId: number | null;
  details: Record<string, unknown>;
}

export interface ActivityFilter {
  key?: ActivityKey | undefined;
  actorId?: number | undefined;
  subjectType?: SubjectType | undefined;
  teamId?: number | undefined;
  namespaceId?: number | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
}

const COLUMNS = `a.id::text, a.created_at AS "createdAt", a.key, a.actor_id AS "actorId", a.actor_name AS "actorName", a.address,
  a.request_id AS "requestId", a.subject_type AS "subjectType", a.subject_id::text AS "subjectId",
  a.subject_name AS "subjectName", a.team_id AS "teamId", a.namespace_id AS "namespaceId", a.details`;

/** Before and after hold what people typed, and jsonb refuses what text takes. */
const storableText = (_: string, value: unknown): unknown => (typeof value === 'string' ? storable(value) : value);

export class ActivitiesRepository {
  constructor(private readonly database: Database) {}

  /** Writes one row. Give the transaction of the change that it tells of: both are there, or neither. */
  async record(by: By, activity: NewActivity, sql: Sql = this.database): Promise<void> {
    const { key, subjectType, subjectId, subjectName } = activity;
    const { teamId = null, namespaceId = null, details = {} } = activity;
    const who = [by.actorId, by.actorName, by.address, by.requestId];
    const what = [subjectType, subjectId, subjectName, teamId, namespaceId, JSON.stringify(details, storableText)];
    await sql.query(
      `INSERT INTO activities (key, actor_id, actor_name, address, request_id, subject_type, subject_id, subject_name,
                               team_id, namespace_id, details)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [key, ...who, ...what],
    );
  }

  /**
   * Newest first, before the row `cursor`. Administrators see all; others what they did and what happened in their teams.
   */
  async page(viewer: Viewer, filter: ActivityFilter, cursor: string | null, limit: number): Promise<ActivityRow[]> {
    const values: unknown[] = [cursor, limit];
    const where = ['($1::bigint IS NULL OR a.id < $1)', ...conditions(filter, values)];
    if (viewer.admin) return this.database.query(select('activities a', where), values);
    values.push(viewer.userId);
    const user = `$${values.length}`;
    const parts = [`a.actor_id = ${user}`, `a.team_id IN (SELECT team_id FROM team_users WHERE user_id = ${user})`].map(
      (mine) => `(${select('activities a', [...where, mine])})`,
    );
    return this.database.query(
      `SELECT DISTINCT ON (id::bigint) * FROM (${parts.join(' UNION ALL ')}) AS seen ORDER BY id::bigint DESC LIMIT $2`,
      values,
    );
  }
}

function select(from: string, where: string[]): string {
  return `SELECT ${COLUMNS} FROM ${from} WHERE ${where.join(' AND ')} ORDER BY a.id DESC LIMIT $2`;
}

function conditions(filter: ActivityFilter, values: unknown[]): string[] {
  const columns: [string, unknown][] = [
    ['a.key = ', filter.key],
    ['a.actor_id = ', filter.actorId],
    ['a.subject_type = ', filter.subjectType],
    ['a.team_id = ', filter.teamId],
    ['a.namespace_id = ', filter.namespaceId],
    ['a.created_at >= ', filter.since],
    ['a.created_at < ', filter.until],
  ];
  return columns
    .filter(([, value]) => value !== undefined)
    .map(([left, value]) => {
      values.push(value);
      return `${left}$${values.length}`;
    });
}
