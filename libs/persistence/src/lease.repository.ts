import type { Database, Sql } from './database.js';

/** A repository by its name, which may not be stored yet. */
export interface RepositoryKey {
  registryId: number;
  fullName: string;
}

export interface Lease extends RepositoryKey {
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
 * Changes the rows of the given leases, as far as they are still theirs; `o.n` counts the leases from 1. The rows are
 * locked in the order that is given, which is the same for all, so that nobody waits in a circle.
 */
const changeOurs = (set: string): string => `
  WITH o AS MATERIALIZED (
    SELECT w.* FROM unnest($1::int[], $2::text[], $3::bigint[], $4::uuid[], $5::timestamptz[])
                      WITH ORDINALITY AS w(registry_id, full_name, generation, holder, read_at, n)
      JOIN repository_leases h ON h.registry_id = w.registry_id AND h.full_name = w.full_name
                              AND h.generation = w.generation AND h.holder = w.holder
     ORDER BY w.n FOR NO KEY UPDATE OF h)
  UPDATE repository_leases l SET ${set} FROM o
   WHERE l.registry_id = o.registry_id AND l.full_name = o.full_name
  RETURNING o.n`;

/**
 * Leases on repositories, by name. No lock is held while a registry is read; the generation, which rises with every
 * acquisition, decides at the end whether what was read may still be applied. Statements are about many at once.
 */
export class LeaseRepository {
  constructor(private readonly database: Database) {}

  /** Takes the leases of those repositories that nobody holds. null: somebody does, or it was named before in the list. */
  async acquireAll(wanted: readonly RepositoryKey[], holder: string, seconds: number): Promise<(Lease | null)[]> {
    const sorted = inOrder([...new Map(wanted.map((one) => [keyOf(one), one])).values()]);
    const rows = await this.database.query<RepositoryKey & { generation: string; readAt: Date }>(
      `INSERT INTO repository_leases AS l (registry_id, full_name, generation, holder, expires_at)
       SELECT w.registry_id, w.full_name, 1, $3, now() + make_interval(secs => $4)
         FROM unnest($1::int[], $2::text[]) AS w(registry_id, full_name)
       ON CONFLICT (registry_id, full_name) DO UPDATE
          SET generation = l.generation + 1, holder = excluded.holder, expires_at = excluded.expires_at
        WHERE l.expires_at IS NULL OR l.expires_at < now()
       RETURNING registry_id AS "registryId", full_name AS "fullName", generation::text, now() AS "readAt"`,
      [sorted.map((one) => one.registryId), sorted.map((one) => one.fullName), holder, seconds],
    );
    const taken = new Map(rows.map((row) => [keyOf(row), { ...row, holder }]));
    return wanted.map((one) => {
      const lease = taken.get(keyOf(one)) ?? null;
      taken.delete(keyOf(one));
      return lease;
    });
  }

  /** Takes one lease, or returns null while somebody else holds it. */
  async acquire(registryId: number, fullName: string, holder: string, seconds: number): Promise<Lease | null> {
    const [lease] = await this.acquireAll([{ registryId, fullName }], holder, seconds);
    return lease ?? null;
  }

  /**
   * First statement of an applying transaction: locks the leases' rows, notes the reads and gives the leases back. Returns
   * those whose generation was still ours. An expired lease that nobody else took is still good.
   */
  async settleAll(sql: Sql, leases: readonly Lease[]): Promise<Set<Lease>> {
    const ordered = inOrder(leases);
    const rows = await sql.query<{ n: string }>(
      changeOurs('applied_read_at = o.read_at, holder = NULL, expires_at = NULL'),
      columnsOf(ordered),
    );
    return new Set(rows.map(({ n }) => ordered[Number(n) - 1]!));
  }

  /** As {@link settleAll}, for one. Throws {@link StaleLeaseError} when it is no longer ours. */
  async settle(sql: Sql, lease: Lease): Promise<void> {
    if ((await this.settleAll(sql, [lease])).size === 0)
      throw new StaleLeaseError(`lease on ${lease.fullName} was lost`);
  }

  /** Holds the leases for longer; returns those that are still ours. */
  async renewAll(leases: readonly Lease[], seconds: number): Promise<Set<Lease>> {
    const ordered = inOrder(leases);
    const rows = await this.database.query<{ n: string }>(
      changeOurs('expires_at = now() + make_interval(secs => $6)'),
      [...columnsOf(ordered), seconds],
    );
    return new Set(rows.map(({ n }) => ordered[Number(n) - 1]!));
  }

  /** Holds a lease for longer. Returns false when it is no longer ours. */
  async renew(lease: Lease, seconds: number): Promise<boolean> {
    return (await this.renewAll([lease], seconds)).size > 0;
  }

  /** Gives leases back without having applied anything. */
  async releaseAll(leases: readonly Lease[]): Promise<void> {
    await this.database.query(changeOurs('holder = NULL, expires_at = NULL'), columnsOf(inOrder(leases)));
  }

  async release(lease: Lease): Promise<void> {
    await this.releaseAll([lease]);
  }
}

const keyOf = (one: RepositoryKey): string => `${one.registryId} ${one.fullName}`;

/** One order for all who lock rows, so that two who want the same do not wait for each other. */
function inOrder<K extends RepositoryKey>(keys: readonly K[]): K[] {
  return [...keys].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function columnsOf(leases: readonly Lease[]): unknown[] {
  return [
    leases.map((lease) => lease.registryId),
    leases.map((lease) => lease.fullName),
    leases.map((lease) => lease.generation),
    leases.map((lease) => lease.holder),
    leases.map((lease) => lease.readAt),
  ];
}
