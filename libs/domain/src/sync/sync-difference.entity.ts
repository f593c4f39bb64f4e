import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import type { DifferenceKind, DifferenceState } from './differences.js';
import { SyncRun } from './sync-run.entity.js';

/** One thing that a run found to differ between the catalog and the registry. A run keeps a bounded number of them. */
@Entity('sync_differences')
@Index('sync_differences_run_idx', ['runId', 'id'])
export class SyncDifference {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'sync_differences_pkey',
  })
  id!: string;

  @Column({ name: 'run_id', type: 'integer' })
  runId!: number;

  @ManyToOne(() => SyncRun, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'sync_differences_run_fk' })
  run?: Relation<SyncRun>;

  @Column({ type: 'text' })
  repository!: string;

  /** null: the whole repository. */
  @Column({ type: 'text', nullable: true })
  tag!: string | null;

  @Column({ type: 'text' })
  kind!: DifferenceKind;

  @Column({ type: 'text' })
  state!: DifferenceState;

  @Column({ name: 'stored_digest', type: 'text', nullable: true })
  storedDigest!: string | null;

  @Column({ name: 'registry_digest', type: 'text', nullable: true })
  registryDigest!: string | null;

  /** For people. */
  @Column({ type: 'text' })
  reason!: string;

  @Column({ name: 'found_at', type: 'timestamptz', default: () => 'now()' })
  foundAt!: Date;
}
