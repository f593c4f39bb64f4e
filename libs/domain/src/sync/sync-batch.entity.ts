import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { SyncRun } from './sync-run.entity.js';

/**
 * recent: changed lately, looked at first. listed: named by a page of the catalog. missing: stored, and not listed.
 * removing: may lose tags; waits as `held` until the whole plan is known. restoring: gets back what another run removed.
 */
export type BatchKind = 'recent' | 'listed' | 'missing' | 'removing' | 'restoring';
export type BatchState = 'held' | 'waiting' | 'claimed' | 'done' | 'failed';

/** A few repositories of a run: what one worker claims. Gone when the run has ended. */
@Entity('sync_batches')
@Index('sync_batches_run_idx', ['runId', 'id'])
@Index('sync_batches_open_idx', ['runId', 'id'], { where: `"state" IN ('waiting', 'claimed')` })
export class SyncBatch {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'sync_batches_pkey',
  })
  id!: string;

  @Column({ name: 'run_id', type: 'integer' })
  runId!: number;

  @ManyToOne(() => SyncRun, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'sync_batches_run_fk' })
  run?: Relation<SyncRun>;

  @Column({ type: 'text' })
  kind!: BatchKind;

  /** Evidence: names that the catalog listed; of `recent`, the names that it began with. */
  @Column({ type: 'text', array: true })
  listed!: string[];

  /** Repositories to look at; of a failed batch those that could not be read. */
  @Column({ type: 'text', array: true })
  todo!: string[];

  /** By repository: the tags that a batch of kind `removing` may remove, and no others. */
  @Column({ type: 'jsonb', nullable: true })
  tags!: Record<string, string[]> | null;

  @Column({ type: 'text', default: 'waiting' })
  state!: BatchState;

  @Column({ type: 'uuid', nullable: true })
  holder!: string | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;
}
