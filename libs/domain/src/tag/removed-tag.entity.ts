import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Repository } from '../repository/repository.entity.js';
import { SyncRun } from '../sync/sync-run.entity.js';

/** A tag that a sync removed, as it was: it can be brought back for some time. */
@Entity('removed_tags')
@Index('removed_tags_run_idx', ['runId', 'repositoryId'])
@Index('removed_tags_repository_idx', ['repositoryId'])
@Index('removed_tags_removed_at_idx', ['removedAt'])
export class RemovedTag {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'removed_tags_pkey',
  })
  id!: string;

  @Column({ name: 'run_id', type: 'integer' })
  runId!: number;

  @ManyToOne(() => SyncRun, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'removed_tags_run_fk' })
  run?: Relation<SyncRun>;

  @Column({ name: 'repository_id', type: 'integer' })
  repositoryId!: number;

  @ManyToOne(() => Repository, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'repository_id', foreignKeyConstraintName: 'removed_tags_repository_fk' })
  repository?: Relation<Repository>;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  digest!: string;

  @Column({ name: 'author_id', type: 'integer', nullable: true })
  authorId!: number | null;

  @Column({ type: 'text', nullable: true })
  username!: string | null;

  @Column({ name: 'pulled_at', type: 'timestamptz', nullable: true })
  pulledAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;

  @Column({ name: 'removed_at', type: 'timestamptz', default: () => 'now()' })
  removedAt!: Date;

  /** Its run has counted it: once, also when the worker that removed it died before it could say so. */
  @Column({ type: 'boolean', default: false })
  counted!: boolean;
}
