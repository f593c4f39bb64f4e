import type { ConfigFacts } from '#domain/manifest/manifest-facts.js';
import type { Database } from './database.js';

/** A configuration that is to be read. */
export interface DueConfig {
  manifestId: string;
  registryId: number;
  repository: string;
  digest: string;
}

export interface ReadConfig {
  manifestId: string;
  facts: ConfigFacts;
}

/** The configurations of images that are still to be read, and what was read. */
export class ConfigsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes the configurations that wait the longest, and at least `waited` seconds. They are due again after `again`
   * seconds, unless they are settled before: so what a worker does not finish is done by another one.
   */
  async take(limit: number, waited: number, again: number): Promise<DueConfig[]> {
    return this.database.query<DueConfig & Record<string, unknown>>(
      `UPDATE waiting_configs w SET due_at = now() + make_interval(secs => $3)
         FROM manifests m JOIN repositories r ON r.id = m.repository_id
        WHERE m.id = w.manifest_id AND w.manifest_id IN (
          SELECT manifest_id FROM waiting_configs WHERE due_at <= now() - make_interval(secs => $2)
           ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING w.manifest_id AS "manifestId", r.registry_id AS "registryId", r.full_name AS repository,
                  m.config_digest AS digest`,
      [limit, waited, again],
    );
  }

  /** Stores what configurations tell; they wait no more. All of it or nothing. */
  async settle(configs: readonly ReadConfig[]): Promise<void> {
    if (configs.length === 0) return;
    await this.database.query(
      `WITH read AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS c(
           "manifestId" bigint, os text, architecture text, variant text, "builtAt" timestamptz, labels jsonb)),
       settled AS (DELETE FROM waiting_configs w USING read WHERE w.manifest_id = read."manifestId")
       UPDATE manifests m SET os = read.os, architecture = read.architecture, variant = read.variant,
              built_at = read."builtAt", labels = read.labels
         FROM read WHERE m.id = read."manifestId"`,
      [JSON.stringify(configs.map(({ manifestId, facts }) => ({ manifestId, ...facts })))],
    );
  }
}
