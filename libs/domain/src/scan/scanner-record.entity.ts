import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A scanner that workers have, or had: what it says of itself, and how it is. */
@Entity('scanners')
export class ScannerRecord {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'scanners_pkey' })
  name!: string;

  /** Whether the worker that started last is configured to use it. */
  @Column({ type: 'boolean' })
  enabled!: boolean;

  /** When it was switched on: images that are older were there before it. */
  @Column({ name: 'enabled_at', type: 'timestamptz', default: () => 'now()' })
  enabledAt!: Date;

  /** Its findings are made up. */
  @Column({ type: 'boolean', default: false })
  demo!: boolean;

  /** Whether all digests that were there when it was enabled have been given to it. */
  @Column({ type: 'boolean', default: false })
  backfilled!: boolean;

  @Column({ type: 'text', nullable: true })
  version!: string | null;

  @Column({ name: 'data_version', type: 'text', nullable: true })
  dataVersion!: string | null;

  /** Of when its data are. */
  @Column({ name: 'data_at', type: 'timestamptz', nullable: true })
  dataAt!: Date | null;

  /** When it was last asked, or used; null: never with success. */
  @Column({ name: 'checked_at', type: 'timestamptz', nullable: true })
  checkedAt!: Date | null;

  /** Why it can not be used now; null: it can. */
  @Column({ type: 'text', nullable: true })
  problem!: string | null;

  /** Up to when it is left alone, because it was away. */
  @Column({ name: 'paused_until', type: 'timestamptz', nullable: true })
  pausedUntil!: Date | null;

  /** When new scans of everything were asked for that are not all queued yet. */
  @Column({ name: 'asked_at', type: 'timestamptz', nullable: true })
  askedAt!: Date | null;

  /** Up to when the budget of rescans is spent. */
  @Column({ name: 'rescanned_at', type: 'timestamptz', default: () => 'now()' })
  rescannedAt!: Date;
}
