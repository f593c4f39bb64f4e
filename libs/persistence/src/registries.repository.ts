import { createHash } from 'node:crypto';
import { Registry } from '#domain/registry/registry.entity.js';
import type { SyncStrategy } from '#domain/sync/strategy.js';
import type { Database, Prepared, Sql } from './database.js';
import { ensurePersonalNamespaces } from './personal-namespaces.js';

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

/** Who speaks when a notification bears one of these secrets (null: there is none), or none at all. */
export interface WebhookSecrets {
  id: number;
  hash: Buffer | null;
  previousHash: Buffer | null;
  unsigned: boolean;
}

const WEBHOOK_SECRETS: Prepared = {
  name: 'registries_webhook_secrets',
  text: `
    SELECT id, webhook_secret_hash AS hash, webhook_secret_previous_hash AS "previousHash", unsigned_events AS unsigned
      FROM registries
     WHERE webhook_secret_hash IS NOT NULL OR webhook_secret_previous_hash IS NOT NULL OR unsigned_events
     ORDER BY id LIMIT 1000`,
};

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

export class RegistriesRepository {
  constructor(private readonly database: Database) {}

  private get registries() {
    return this.database.dataSource.getRepository(Registry);
  }

  async all(): Promise<Registry[]> {
    return this.registries.find({ order: { id: 'ASC' }, take: 1000 });
  }

  /** Of all registries that have any. On the request path: with its time limit. */
  async webhookSecrets(): Promise<WebhookSecrets[]> {
    return this.database.prepared<WebhookSecrets>(WEBHOOK_SECRETS, []);
  }

  async page(skip: number, take: number, sort: 'id' | 'name', order: 'ASC' | 'DESC'): Promise<[Registry[], number]> {
    return this.registries.findAndCount({ order: { [sort]: order }, skip, take });
  }

  async find(id: number): Promise<Registry | null> {
    return this.registries.findOneBy({ id });
  }

  /**
   * Makes a registry with its hidden team, its public global namespace, and a personal namespace for every user.
   * Unique violations come up as they are (PostgreSQL 23505); throws RegistryTakenError for what an index can not say.
   */
  async create(input: RegistryInput): Promise<Registry> {
    const id = await this.database.transaction(async (sql) => {
      await lockRegistries(sql);
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
      await ensurePersonalNamespaces(sql, { registryId });
      return registryId;
    });
    return this.registries.findOneByOrFail({ id });
  }

  /** Changes what is given, all of it or nothing; a former secret stays valid beside the new. Errors as of `create`. */
  async update(id: number, input: RegistryChange): Promise<Registry | null> {
    const { webhookSecret, ...columns } = input;
    await this.database.transaction(async (sql) => {
      await lockRegistries(sql);
      if (webhookSecret !== undefined) await writeSecret(sql, id, webhookSecret);
      if (Object.keys(columns).length > 0) await writeColumns(sql, id, columns);
      await requireOwn(sql, id);
    });
    return this.find(id);
  }

  /**
   * Gives a registry another webhook secret beside its present one, which becomes the former. Not while there is a former
   * one: the registry may still be using that. Returns what came of it.
   */
  async rotateSecret(id: number, secret: string): Promise<'rotated' | 'former in use' | 'unknown'> {
    return this.database.transaction(async (sql) => {
      await lockRegistries(sql);
      const [registry] = await sql.query<{ former: boolean }>(
        'SELECT webhook_secret_previous_hash IS NOT NULL AS former FROM registries WHERE id = $1',
        [id],
      );
      if (registry === undefined) return 'unknown';
      if (registry.former) return 'former in use';
      await writeSecret(sql, id, secret);
      await requireOwn(sql, id);
      return 'rotated';
    });
  }

  /** Ends the former webhook secret. False when there is no such registry. */
  async forgetFormerSecret(id: number): Promise<boolean> {
    const rows = await this.database.query(
      'UPDATE registries SET webhook_secret_previous_hash = NULL, updated_at = now() WHERE id = $1 RETURNING 1',
      [id],
    );
    return rows.length > 0;
  }

  async hasRepositories(id: number): Promise<boolean> {
    const rows = await this.database.query('SELECT 1 FROM repositories WHERE registry_id = $1 LIMIT 1', [id]);
    return rows.length > 0;
  }

  /**
   * Notes the process that speaks. When another one was known, the registry was started anew and has lost what waited in
   * its memory: a deep run that removes nothing is asked for with the same statement. Returns whether it was.
   */
  async noteInstance(id: number, instanceId: string): Promise<boolean> {
    const [row] = await this.database.query<{ asked: boolean }>(
      `WITH noted AS (
         UPDATE registries r SET last_instance_id = $2 FROM (SELECT id, last_instance_id FROM registries WHERE id = $1) o
          WHERE r.id = o.id AND r.last_instance_id IS DISTINCT FROM $2
         RETURNING r.id, o.last_instance_id AS former),
       asked AS (
         INSERT INTO sync_runs (registry_id, slot, mode, strategy)
         SELECT id, 'instance:' || left($2, 200), 'deep', 'update' FROM noted WHERE former IS NOT NULL
         ON CONFLICT (registry_id, slot) DO NOTHING RETURNING 1)
       SELECT EXISTS (SELECT FROM asked) AS asked`,
      [id, instanceId],
    );
    return row?.asked ?? false;
  }

  /** Notes that a complete pass proved the catalog equal. */
  async noteEqual(id: number, mode: 'names' | 'deep', at: Date): Promise<void> {
    await this.database.query(
      `UPDATE registries SET names_equal_at = greatest(names_equal_at, $2),
              digests_equal_at = CASE WHEN $3 THEN greatest(digests_equal_at, $2) ELSE digests_equal_at END WHERE id = $1`,
      [id, at, mode === 'deep'],
    );
  }

  /** Notes why it could not be read; it counts as failing since the first of these without a success between. */
  async noteFailure(id: number, code: string, message: string): Promise<void> {
    await this.database.query(
      `UPDATE registries SET last_error_code = left($2, 64), last_error = left($3, 500), failing_since = coalesce(failing_since, now())
        WHERE id = $1 AND (last_error_code, last_error) IS DISTINCT FROM (left($2, 64), left($3, 500))`,
      [id, code, message],
    );
  }

  /** Notes that it was read. */
  async noteSuccess(id: number): Promise<void> {
    await this.database.query(
      `UPDATE registries SET last_error_code = NULL, last_error = NULL, failing_since = NULL
        WHERE id = $1 AND failing_since IS NOT NULL`,
      [id],
    );
  }
}

function secretHash(secret: string | null): Buffer | null {
  return secret === null ? null : hashWebhookSecret(secret);
}

/** Any constant: writers of registries take turns, so that none misses what another one is about to commit. */
const LOCK = 7_267_001;

async function lockRegistries(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
}

async function writeColumns(sql: Sql, id: number, input: Omit<RegistryChange, 'webhookSecret'>): Promise<void> {
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

async function writeSecret(sql: Sql, id: number, secret: string): Promise<void> {
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
async function requireOwn(sql: Sql, id: number): Promise<void> {
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
