import type { WebhookEvent } from '#domain/webhook/webhook-events.js';
import type { StoredChange } from './catalog-change.js';
import type { Sql } from './database.js';

/** Something that happened to an image, to be told to the webhooks of its namespace. */
export interface Announcement {
  event: WebhookEvent;
  repositoryId: number;
  tag: string | null;
  digest: string | null;
  /** Name of the user; null: not known. */
  actor?: string | null;
  /** sync: nobody told of it; a registry's first import is not told to anybody. */
  learnedFrom?: 'event' | 'sync';
  /** Of a scan: state, counts, what else is worth telling; small, and nothing secret. */
  scan?: Record<string, unknown> | null;
}

/**
 * Tells webhooks what happened: makes a delivery for each enabled webhook of the namespace that wants to hear of it. To be
 * called in the transaction of the change, and before tags are written: what a tag had before is looked up here. Costs
 * one statement where nobody listens, and one more where somebody does; returns how many deliveries were made.
 */
export async function announce(sql: Sql, announcements: readonly Announcement[]): Promise<number> {
  if (announcements.length === 0) return 0;
  const listened = await listenedTo(sql, [...new Set(announcements.map((one) => one.repositoryId))]);
  const told = announcements.filter((one) => listened.has(one.repositoryId));
  return told.length === 0 ? 0 : insert(sql, told);
}

/**
 * Tells of a finished scan: one announcement for each tag that has the image, in whichever repository of the registry,
 * and one without a tag for a repository where none has it.
 */
export async function announceScan(
  sql: Sql,
  image: { registryId: number; digest: string },
  scan: Record<string, unknown>,
): Promise<number> {
  const rows = await sql.query<{ repositoryId: number; tag: string | null }>(
    `SELECT r.id AS "repositoryId", t.name AS tag
       FROM manifests m JOIN repositories r ON r.id = m.repository_id LEFT JOIN tags t ON t.manifest_id = m.id
      WHERE m.digest = $1 AND r.registry_id = $2
        AND EXISTS (SELECT FROM webhooks w WHERE w.namespace_id = r.namespace_id AND w.enabled AND 'scan' = ANY(w.events))
      ORDER BY r.id, t.name LIMIT 1000`,
    [image.digest, image.registryId],
  );
  return announce(
    sql,
    rows.map((row) => ({ event: 'scan', ...row, digest: image.digest, scan })),
  );
}

/** Tells what changes do to tags; to be called before the tags are written, in the same transaction. */
export async function announceChanges(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  await announce(sql, changes.flatMap(announcementsOf));
}

function announcementsOf({ repositoryId, plan, learnedFrom }: StoredChange): Announcement[] {
  const set = plan.set.flatMap(({ name, digest, actor, change }): Announcement[] => {
    // A sync's look also answers the notifications that wait: only they know an actor.
    const push: Announcement = {
      event: 'push',
      repositoryId,
      tag: name,
      digest,
      actor,
      learnedFrom: actor === null ? learnedFrom : 'event',
    };
    return change === 'moved' ? [push, { ...push, event: 'tag_moved' }] : [push];
  });
  const gone = plan.remove.map((tag): Announcement => ({
    event: 'delete',
    repositoryId,
    tag,
    digest: null,
    learnedFrom,
  }));
  return [...set, ...gone];
}

/** Repositories in whose namespaces somebody listens: all others pay next to nothing. */
async function listenedTo(sql: Sql, ids: number[]): Promise<Set<number>> {
  const rows = await sql.query<{ id: number }>(
    `SELECT r.id FROM repositories r
      WHERE r.id = ANY($1::int[]) AND EXISTS (SELECT FROM webhooks w WHERE w.namespace_id = r.namespace_id AND w.enabled)`,
    [ids],
  );
  return new Set(rows.map((row) => row.id));
}

/**
 * What nobody told of counts as pushed only when the registry was imported before: else its whole stock would be told. Who
 * deleted is known to the notification, which is still waiting in this transaction. A webhook that somebody deletes at
 * this moment is waited for, and then not told: or else the deletion would fail the change of the catalog.
 */
const INSERT = `
  WITH a AS MATERIALIZED (
    SELECT gen_random_uuid() AS id, x.* FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
           WITH ORDINALITY AS x(event, repository_id, tag, digest, actor, learned_from, scan, n))
  INSERT INTO webhook_deliveries (webhook_id, uuid, event, facts)
  SELECT w.id, gen_random_uuid(), a.event, jsonb_build_object(
           'id', a.id, 'event', a.event, 'time', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'namespace', jsonb_build_object('id', n.id, 'name', n.name),
           'repository', jsonb_build_object('id', r.id, 'name', r.full_name),
           'registry', coalesce(g.external_hostname, g.hostname),
           'tag', a.tag, 'digest', coalesce(a.digest, o.digest),
           'previous_digest', CASE WHEN o.digest IS DISTINCT FROM coalesce(a.digest, o.digest) THEN o.digest END,
           'media_type', m.media_type, 'size', m.size, 'actor', coalesce(a.actor, e.actor),
           'learned_from', CASE WHEN e.id IS NULL THEN a.learned_from ELSE 'event' END, 'scan', a.scan)
    FROM a JOIN repositories r ON r.id = a.repository_id JOIN namespaces n ON n.id = r.namespace_id
    JOIN registries g ON g.id = r.registry_id
    JOIN webhooks w ON w.namespace_id = n.id AND w.enabled AND a.event = ANY(w.events)
    LEFT JOIN tags t ON t.repository_id = r.id AND t.name = a.tag LEFT JOIN manifests o ON o.id = t.manifest_id
    LEFT JOIN manifests m ON m.repository_id = r.id AND m.digest = coalesce(a.digest, o.digest)
    LEFT JOIN LATERAL (
      SELECT v.id, v.actor FROM registry_events v
       WHERE a.event = 'delete' AND v.registry_id = r.registry_id AND v.repository = r.full_name
         AND v.state IN ('received', 'failed') AND v.action = 'delete' AND (v.tag = a.tag OR v.digest = o.digest)
       ORDER BY v.id DESC LIMIT 1) e ON true
   WHERE a.learned_from = 'event' OR e.id IS NOT NULL
      OR EXISTS (SELECT FROM sync_runs s WHERE s.registry_id = r.registry_id AND s.state = 'done' AND NOT s.dry_run)
   ORDER BY a.n, w.id FOR KEY SHARE OF w
  RETURNING 1`;

async function insert(sql: Sql, told: readonly Announcement[]): Promise<number> {
  const column = <T>(pick: (one: Announcement) => T): T[] => told.map(pick);
  const rows = await sql.query(INSERT, [
    column((one) => one.event),
    column((one) => one.repositoryId),
    column((one) => one.tag),
    column((one) => one.digest),
    column((one) => one.actor ?? null),
    column((one) => one.learnedFrom ?? 'event'),
    column((one) => (one.scan ? JSON.stringify(one.scan) : null)),
  ]);
  return rows.length;
}
