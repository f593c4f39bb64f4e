import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A link of the chain over the audit log: the hash of the former link and of the rows that it covers. Whoever changes,
 * removes or slips in a sealed row has to make every later link anew, which an exported last link gives away.
 */
@Entity('activity_seals')
export class ActivitySeal {
  /** 1, 2, 3 … without a gap. */
  @PrimaryColumn({ type: 'integer' })
  id!: number;

  @Column({ name: 'sealed_at', type: 'timestamptz', default: () => 'now()' })
  sealedAt!: Date;

  /** How many rows it covers. */
  @Column({ type: 'integer' })
  rows!: number;

  /** SHA-256, see `sealOf`. */
  @Column({ type: 'bytea' })
  hash!: Buffer;
}
