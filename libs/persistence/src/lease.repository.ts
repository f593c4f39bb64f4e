import type { Database, Sql } from './database.js';

export interface Lease {
  registryId: number;
  fullName: string;
  holder: string;
  generation: string;
  /** When the lease was taken, by the database's clock: reads under it begin later. */
  readAt: Date;
}

/** Somebody else has taken the lease meanwhile: what was read under it must not be applied. */
export class StaleLeaseError extends Error {
  override readonly name = 'StaleLeaseError';
}

/**
 * Leases on repositories, by name. No lock is held while a registry is read; the generation, which rises with every
 * acquisition, decides at the end whether what was read may still be applied.
 */
export class LeaseRepository {
  constructor(private readonly database: Database) {}

  /** Takes the lease, or returns null while somebody else holds it. */
  async acquire(registryId: number, fullName: string, holder: string, seconds: number): Promise<Lease | null> {
    const [row] = await this.database.query<{ generation: string; readAt: Date }>(
      `INSERT INTO repository_leases AS l (registry_id, full_name, generation, holder, expires_at)
       VALUES ($1, $2, 1, $3, now() + make_interval(secs => $4))
       ON CONFLICT (registry_id, full_name) DO UPDATE
          SET generation = l.generation + 1, holder = excluded.holder, expires_at = excluded.expires_at
        WHERE l.expires_at IS NULL OR l.expires_at < now()
       RETURNING generation::text, now() AS "readAt"`,
      [registryId, fullName, holder, seconds],
    );
    return row ? { registryId, fullName, holder, generation: row.generation, readAt: row.readAt } : null;
  }

  /**
   * First statement of an applying transaction: locks the lease's row, notes the read and gives the lease back. Throws
   * {@link StaleLeaseError} when the generation is no longer ours. An expired lease that nobody else took is still good.
   */
  async settle(sql: Sql, lease: Lease): Promise<void> {
    const rows = await sql.query(
      `UPDATE repository_leases SET applied_read_at = $4, holder = NULL, expires_at = NULL
        WHERE registry_id = $1 AND full_name = $2 AND generation = $3::bigint AND holder = $5
        RETURNING 1`,
      [lease.registryId, lease.fullName, lease.generation, lease.readAt, lease.holder],
    );
    if (rows.length === 0) throw new StaleLeaseError(`lease on ${lease.fullName} was lost`);
  }

  /** Holds the lease for longer. Returns false when it is no longer ours. */
  async renew(lease: Lease, seconds: number): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE repository_leases SET expires_at = now() + make_interval(secs => $5)
        WHERE registry_id = $1 AND full_name = $2 AND generation = $3::bigint AND holder = $4 RETURNING 1`,
      [lease.registryId, lease.fullName, lease.generation, lease.holder, seconds],
    );
    return rows.length > 0;
  }

  /** Gives the lease back without having applied anything. */
  async release(lease: Lease): Promise<void> {
    await this.database.query(
      `UPDATE repository_leases SET holder = NULL, expires_at = NULL
        WHERE registry_id = $1 AND full_name = $2 AND generation = $3::bigint AND holder = $4`,
      [lease.registryId, lease.fullName, lease.generation, lease.holder],
    );
  }
}
