import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import type { ScanState } from './scan-state.js';
import { ScanTarget } from './scan-target.entity.js';

/** One scanner's work on one digest: what is to be done, who is at it, how it ended. Indexes have none. */
@Entity('scans')
@Index('scans_target_scanner_key', ['targetId', 'scanner'], { unique: true })
@Index('scans_queued_idx', ['scanner', 'priority', 'queuedAt'], { where: `"state" = 'queued'` })
@Index('scans_state_idx', ['state', 'id'])
@Index('scans_running_idx', ['leaseUntil'], { where: `"state" = 'running'` })
export class Scan {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'scans_pkey',
  })
  id!: string;

  @Column({ name: 'target_id', type: 'bigint' })
  targetId!: string;

  @ManyToOne(() => ScanTarget, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'target_id', foreignKeyConstraintName: 'scans_target_fk' })
  target?: Relation<ScanTarget>;

  /** Its name. */
  @Column({ type: 'text' })
  scanner!: string;

  @Column({ type: 'text', default: 'queued' })
  state!: Exclude<ScanState, 'none'>;

  /** Why it failed or could not be done; of one that waits again, why the last attempt failed. */
  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @Column({ type: 'smallint' })
  priority!: number;

  /** When it was asked for, by whatever is newest going first; of a rescan, when the image was last pulled. */
  @Column({ name: 'queued_at', type: 'timestamptz', default: () => 'now()' })
  queuedAt!: Date;

  /** Not before then: later than now after a failed attempt. */
  @Column({ name: 'due_at', type: 'timestamptz', default: () => 'now()' })
  dueAt!: Date;

  /** That failed, since it was queued. */
  @Column({ type: 'smallint', default: 0 })
  attempts!: number;

  /** The worker that is at it. */
  @Column({ type: 'uuid', nullable: true })
  holder!: string | null;

  /** Rises each time that a worker takes it: one that was late settles nothing. */
  @Column({ type: 'integer', default: 0 })
  generation!: number;

  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  @Column({ name: 'started_at', type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}
