import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import { until } from '../../test/support/until.js';
import { type House, WEBHOOK_SECRET } from './house.js';

/** A push as a registry tells it. */
export interface Push {
  repository: string;
  tag: string;
  digest: string;
}

const RUN_TIMEOUT_MS = 240_000;

/** The catalog is empty, and the inbox holds one event for each push, not yet due. */
export async function fillInbox(house: House, pushes: readonly Push[]): Promise<void> {
  await house.sql.query('TRUNCATE registry_events, repositories, repository_leases, scan_targets CASCADE');
  await house.sql.query(
    `INSERT INTO registry_events (registry_id, event_id, action, repository, tag, digest, actor, occurred_at, payload,
                                  next_attempt_at)
     SELECT (SELECT min(id) FROM registries), gen_random_uuid()::text, 'push', p.*, 'admin', now(), '{}', 'infinity'
       FROM unnest($1::text[], $2::text[], $3::text[]) AS p(repository, tag, digest)`,
    [pushes.map((push) => push.repository), pushes.map((push) => push.tag), pushes.map((push) => push.digest)],
  );
  await house.sql.query('VACUUM ANALYZE');
}

/** Lets the events be due, rings as a notification does, and returns when none waits; then every tag must be there. */
export async function workOff(house: House, apiUrl: string, pushes: readonly Push[]): Promise<void> {
  await house.sql.query('UPDATE registry_events SET next_attempt_at = now()');
  await notify(apiUrl, pushes[0]!);
  await until('every event is handled', () => isWorkedOff(house), { timeoutMs: RUN_TIMEOUT_MS, everyMs: 5 });
  const { rows } = await house.sql.query<{ tags: number }>('SELECT count(*)::int AS tags FROM tags');
  if (rows[0]?.tags !== pushes.length) throw new Error(`the catalog holds ${rows[0]?.tags} of ${pushes.length} tags`);
}

/** Returns when the configuration of every image was read: what is measured next is not kept waiting by it. */
export async function untilComplete(house: House): Promise<void> {
  const none = async () => (await house.sql.query('SELECT 1 FROM waiting_configs LIMIT 1')).rowCount === 0;
  await until('every configuration is read', none, { timeoutMs: RUN_TIMEOUT_MS, everyMs: 5 });
}

async function isWorkedOff(house: House): Promise<boolean> {
  const waiting = `SELECT 1 FROM registry_events WHERE state IN ('received', 'failed') LIMIT 1`;
  return (await house.sql.query(waiting)).rowCount === 0;
}

/** A worker is told by the api, as always: when a notification has come in. */
async function notify(apiUrl: string, { repository, tag, digest }: Push): Promise<void> {
  const event = {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    action: 'push',
    target: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, repository, tag, url: '' },
    request: { id: randomUUID(), method: 'PUT' },
    actor: { name: 'admin' },
    source: { addr: 'bench', instanceID: 'bench' },
  };
  const headers = {
    'content-type': 'application/vnd.docker.distribution.events.v1+json',
    authorization: `Bearer ${WEBHOOK_SECRET}`,
  };
  const body = JSON.stringify({ events: [event] });
  const answer = await request(`${apiUrl}/v2/webhooks/events`, { method: 'POST', headers, body });
  await answer.body.dump();
  if (answer.statusCode !== 202) throw new Error(`the notification was answered ${answer.statusCode}`);
}
