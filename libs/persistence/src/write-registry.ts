import { createHash } from 'node:crypto';
import type { SyncStrategy } from '#domain/sync/strategy.js';
import type { Sql } from './database.js';

export interface RegistryInput {
  name: string;
  hostname: string;
  externalHostname: string | null;
  useSsl: boolean;
  webhookSecret: string | null;
  /** Whether notifications without a secret are taken as its own; of one registry at most. */
  unsignedEvents?: boolean;
  /** null: that of the settings. */
  syncStrategy?: SyncStrategy | null;
}

/** What may be changed; a secret is replaced, never taken away. */
export type RegistryChange = Partial<Omit<RegistryInput, 'webhookSecret'> & { webhookSecret: string }>;

/** SHA-256 of a webhook secret: it is random and long, so that a fast hash is enough. */
export function hashWebhookSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Something that must be a registry's own is another one's already. */
export class RegistryTakenError extends Error {
  override readonly name = 'RegistryTakenError';

  constructor(readonly field: 'hostname' | 'external_hostname' | 'webhook_secret') {
    super(`the ${field} of a registry is another one's already`);
  }
}

/**
 * Makes a registry with its hidden team and its public global namespace, without personal ones; returns its id. Call {@link lockRegistries} before. Errors as of {@link requireOwn}; unique violations come up as they are.
 */
export async function insertRegistry(sql: Sql, input: RegistryInput): Promise<number> {
  const [registry] = await sql.query<{ id: number }>(
    `INSERT INTO registries (name, hostname, external_hostname, use_ssl, webhook_secret_hash, unsigned_events, sync_strategy)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [
      input.name,
      input.hostname,
      input.externalHostname,
      input.useSsl,
      secretHash(input.webhookSecret),
      input.unsignedEvents ?? false,
      input.syncStrategy ?? null,
    ],
  );
  const registryId = registry!.id;
  await requireOwn(sql, registryId);
  await sql.query(
    `WITH team AS (INSERT INTO teams (name, hidden) VALUES ('portus_global_team_' || $1::int::text, true) RETURNING id)
     INSERT INTO namespaces (registry_id, name, kind, visibility, team_id) SELECT $1::int, '', 'global', 'public', id FROM team`,
    [registryId],
  );
  return registryId;
}

function secretHash(secret: string | null): Buffer | null {
  return secret === null ? null : hashWebhookSecret(secret);
}

/** Any constant. */
const LOCK = 7_267_001;

/** Writers of registries take turns, so that none misses what another one is about to commit. */
export async function lockRegistries(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
}

/** Changes what is given. */
export async function writeColumns(sql: Sql, id: number, input: Omit<RegistryChange, 'webhookSecret'>): Promise<void> {
  const { name, hostname, useSsl, externalHostname, unsignedEvents, syncStrategy } = input;
  await sql.query(
    `UPDATE registries SET name = coalesce($2, name), hostname = coalesce($3, hostname), use_ssl = coalesce($4, use_ssl),
            external_hostname = CASE WHEN $5 THEN $6 ELSE external_hostname END,
            unsigned_events = coalesce($7, unsigned_events),
            sync_strategy = CASE WHEN $8 THEN $9 ELSE sync_strategy END, updated_at = now()
      WHERE id = $1`,
    [
      id,
      name ?? null,
      hostname ?? null,
      useSsl ?? null,
      externalHostname !== undefined,
      externalHostname ?? null,
      unsignedEvents ?? null,
      syncStrategy !== undefined,
      syncStrategy ?? null,
    ],
  );
}

/** The present secret becomes the former one, and is valid on. */
export async function writeSecret(sql: Sql, id: number, secret: string): Promise<void> {
  await sql.query(
    `UPDATE registries SET webhook_secret_previous_hash = webhook_secret_hash, webhook_secret_hash = $2, updated_at = now()
      WHERE id = $1 AND webhook_secret_hash IS DISTINCT FROM $2`,
    [id, hashWebhookSecret(secret)],
  );
}

/**
 * A `service` is either name of one registry: were it a name of two, a token for the one would open the other. Unique
 * indexes see one column each, so this looks across them. A secret, present or former, tells which registry speaks.
 */
export async function requireOwn(sql: Sql, id: number): Promise<void> {
  const [taken] = await sql.query<{ field: RegistryTakenError['field'] }>(
    `SELECT CASE WHEN r.hostname = o.external_hostname THEN 'hostname'
                 WHEN r.external_hostname = o.hostname THEN 'external_hostname'
                 ELSE 'webhook_secret' END AS field
       FROM registries r JOIN registries o ON o.id <> r.id
      WHERE r.id = $1 AND (r.hostname = o.external_hostname OR r.external_hostname = o.hostname
         OR r.webhook_secret_hash IN (o.webhook_secret_hash, o.webhook_secret_previous_hash))
      LIMIT 1`,
    [id],
  );
  if (taken) throw new RegistryTakenError(taken.field);
}
