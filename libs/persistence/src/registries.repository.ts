import { In } from 'typeorm';
import { Registry } from '#domain/registry/registry.entity.js';
import type { Database, Prepared, Sql } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';
import { ensurePersonalNamespaces } from './personal-namespaces.js';
import {
  insertRegistry,
  lockRegistries,
  type RegistryChange,
  type RegistryInput,
  requireOwn,
  writeColumns,
  writeSecret,
} from './write-registry.js';

export { hashWebhookSecret, type RegistryChange, type RegistryInput, RegistryTakenError } from './write-registry.js';

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

const SORTS = { id: { by: 'r.id', type: 'integer' }, name: { by: 'r.name', type: 'text' } } as const;

/** Writes down what is done, with its transaction. */
type Tell = (sql: Sql, id: number) => Promise<void>;

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

  async page(page: Page<'id' | 'name'>): Promise<Listed<Registry>> {
    const rows = 'registries r';
    const source = { from: rows, where: 'TRUE', values: [], id: 'r.id', sorts: SORTS, columns: 'r.id', rows };
    const listed = await readPage<{ id: number }, 'id' | 'name'>(this.database, source, page);
    const registries = await this.registries.findBy({ id: In(listed.items.map(({ id }) => id)) });
    const byId = new Map(registries.map((registry) => [registry.id, registry]));
    return { ...listed, items: listed.items.flatMap(({ id }) => byId.get(id) ?? []) };
  }

  async find(id: number): Promise<Registry | null> {
    return this.registries.findOneBy({ id });
  }

  /**
   * Makes a registry with its hidden team, its public global namespace, and a personal namespace for every user.
   * Unique violations come up as they are (PostgreSQL 23505); throws RegistryTakenError for what an index can not say.
   *
   * @param tell what belongs into the same transaction
   */
  async create(input: RegistryInput, tell?: Tell): Promise<Registry> {
    const id = await this.database.transaction(async (sql) => {
      await lockRegistries(sql);
      const registryId = await insertRegistry(sql, input);
      await ensurePersonalNamespaces(sql, { registryId });
      await tell?.(sql, registryId);
      return registryId;
    });
    return this.registries.findOneByOrFail({ id });
  }

  /** Changes what is given, all of it or nothing; a former secret stays valid beside the new. Errors as of `create`. */
  async update(id: number, input: RegistryChange, tell?: Tell): Promise<Registry | null> {
    const { webhookSecret, ...columns } = input;
    await this.database.transaction(async (sql) => {
      await lockRegistries(sql);
      if (webhookSecret !== undefined) await writeSecret(sql, id, webhookSecret);
      if (Object.keys(columns).length > 0) await writeColumns(sql, id, columns);
      await requireOwn(sql, id);
      await tell?.(sql, id);
    });
    return this.find(id);
  }

  /**
   * Gives a registry another webhook secret beside its present one, which becomes the former. Not while there is a former
   * one: the registry may still be using that. Returns what came of it.
   */
  async rotateSecret(id: number, secret: string, tell?: Tell): Promise<'rotated' | 'former in use' | 'unknown'> {
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
      await tell?.(sql, id);
      return 'rotated';
    });
  }

  /** Ends the former webhook secret. False when there is no such registry. */
  async forgetFormerSecret(id: number, tell?: Tell): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const rows = await sql.query(
        'UPDATE registries SET webhook_secret_previous_hash = NULL, updated_at = now() WHERE id = $1 RETURNING 1',
        [id],
      );
      if (rows.length > 0) await tell?.(sql, id);
      return rows.length > 0;
    });
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

  /** Notes that it sent a notification. */
  async noteHeard(id: number): Promise<void> {
    await this.database.query('UPDATE registries SET heard_at = now() WHERE id = $1', [id]);
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
