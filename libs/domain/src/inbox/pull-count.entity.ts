import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Repository } from '../repository/repository.entity.js';

/** How often a tag was pulled on a day (UTC). By name: a tag that went and came back keeps its days. */
@Entity('pull_counts')
@Index('pull_counts_day_idx', ['day'])
export class PullCount {
  @PrimaryColumn({ name: 'repository_id', type: 'integer', primaryKeyConstraintName: 'pull_counts_pkey' })
  repositoryId!: number;

  @ManyToOne(() => Repository, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'repository_id', foreignKeyConstraintName: 'pull_counts_repository_fk' })
  repository?: Relation<Repository>;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pull_counts_pkey' })
  tag!: string;

  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'pull_counts_pkey' })
  day!: string;

  @Column({ type: 'integer' })
  pulls!: number;
}
