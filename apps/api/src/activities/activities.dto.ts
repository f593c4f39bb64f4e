import { z } from 'zod';
import { ACTIVITY_KEYS, SUBJECT_TYPES } from '#domain/activity/activity-keys.js';
import type { ActivityRow } from '#persistence/activities.repository.js';
import { cursorQuery } from '../http/list-query.js';

const id = z.coerce.number().int().min(1).max(2_147_483_647);

/** The most rows of one page. */
export const MAX_ROWS = 1_000;

export const activitiesQuery = cursorQuery.extend({
  key: z.enum(ACTIVITY_KEYS).optional(),
  user_id: id.optional(),
  trackable_type: z.enum(SUBJECT_TYPES).optional(),
  team_id: id.optional(),
  namespace_id: id.optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});
export type ActivitiesQuery = z.infer<typeof activitiesQuery>;

export const activityView = z
  .object({
    id: z.number(),
    key: z.enum(ACTIVITY_KEYS),
    created_at: z.string(),
    owner: z.object({ id: z.number().nullable(), name: z.string() }).nullable().describe('who did it'),
    trackable: z.object({ type: z.enum(SUBJECT_TYPES), id: z.number().nullable(), name: z.string() }),
    team_id: z.number().nullable(),
    namespace_id: z.number().nullable(),
    address: z.string().nullable().describe('from where; for administrators and for what one did oneself'),
    request_id: z.string().nullable(),
    parameters: z.record(z.string(), z.unknown()).describe('what changed'),
  })
  .meta({ id: 'Activity' });

/** `full`: whether the reader may know from where it was done. */
export function viewActivity(row: ActivityRow, full: boolean): z.infer<typeof activityView> {
  return {
    id: Number(row.id),
    key: row.key,
    created_at: row.createdAt.toISOString(),
    owner: row.actorName === null ? null : { id: row.actorId, name: row.actorName },
    trackable: {
      type: row.subjectType,
      id: row.subjectId === null ? null : Number(row.subjectId),
      name: row.subjectName,
    },
    team_id: row.teamId,
    namespace_id: row.namespaceId,
    address: full ? row.address : null,
    request_id: full ? row.requestId : null,
    parameters: row.details,
  };
}

/** Portus's columns. */
export const CSV_HEADER = 'Tracked item,Item,Event,Recipient,Triggered by,Time,Notes\r\n';

/** One line (RFC 4180). */
export function csvLine(row: ActivityRow): string {
  const notes = Object.keys(row.details).length === 0 ? '' : JSON.stringify(row.details);
  const event = row.key.slice(row.key.indexOf('.') + 1);
  const fields = [row.subjectType, row.subjectName, event, '', row.actorName ?? '', row.createdAt.toISOString(), notes];
  return `${fields.map(csvField).join(',')}\r\n`;
}

/** A spreadsheet takes a leading `=`, `+`, `-`, `@`, tab or return for a formula; an apostrophe in front disarms it. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
