import type { Database, Prepared } from './database.js';

/** An event that concerns the catalog, as it is put into the inbox. */
export interface NewEvent {
  eventId: string;
  action: string;
  repository: string;
  tag: string | null;
  digest: string | null;
  actor: string | null;
  occurredAt: Date | null;
  payload: string;
  /** Set for what could not be understood; such a row is kept and not worked on. */
  rejected: string | null;
}

/** What one notification brings. */
export interface Intake {
  registryId: number;
  events: readonly NewEvent[];
}

type Row = NewEvent & { registryId: number };

/**
 * Numbered as they came, which is the order in which they are told; written in one order for everybody: two statements
 * that hold the same events would wait for each other otherwise.
 */
const INSERT: Prepared = {
  name: 'inbox_insert',
  text: `
    INSERT INTO registry_events (id, registry_id, event_id, action, repository, tag, digest, actor, occurred_at, payload, state, reason)
    SELECT * FROM (
      SELECT nextval('registry_events_id_seq') AS id, e.*
        FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::text[], $11::text[])
          AS e(registry_id, event_id)) n
     ORDER BY registry_id, event_id
    ON CONFLICT (registry_id, event_id) DO UPDATE SET received_at = now() WHERE registry_events.state = 'rejected'`,
};

/** Stores all events in one statement, each once; also those that come twice in the same. */
export async function storeEvents(database: Database, items: readonly Intake[]): Promise<undefined[]> {
  const rows = rowsOf(items);
  const column = <T>(pick: (event: Row) => T) => rows.map(pick);
  await database.prepared(INSERT, [
    column((event) => event.registryId),
    column((event) => event.eventId),
    column((event) => event.action),
    column((event) => event.repository),
    column((event) => event.tag),
    column((event) => event.digest),
    column((event) => event.actor),
    column((event) => event.occurredAt),
    column((event) => event.payload),
    column((event) => (event.rejected === null ? 'received' : 'rejected')),
    column((event) => event.rejected),
  ]);
  return items.map(() => undefined);
}

/** Each event once, where it came first. */
function rowsOf(items: readonly Intake[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { registryId, events } of items) {
    for (const event of events) rows.set(`${registryId} ${event.eventId}`, { registryId, ...event });
  }
  return [...rows.values()];
}
