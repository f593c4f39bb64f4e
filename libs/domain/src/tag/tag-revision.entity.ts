import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Repository } from '../repository/repository.entity.js';

/** One step in the history of a tag: the digest that it got, or null when it was removed. Append only. */
@Entity('tag_revisions')
@Index('tag_revisions_tag_idx', ['repositoryId', 'tag', 'id'])
export class TagRevision {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column({ name: 'repository_id', type: 'integer' })
  repositoryId!: number;

  @ManyToOne(() => Repository, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'repository_id', foreignKeyConstraintName: 'tag_revisions_repository_fk' })
  repository?: Relation<Repository>;

  @Column({ type: 'text' })
  tag!: string;

  @Column({ type: 'text', nullable: true })
  digest!: string | null;

  @Column({ type: 'text', nullable: true })
  actor!: string | null;

  @Column({ name: 'learned_from', type: 'text' })
  learnedFrom!: 'event' | 'sync' | 'undo';

  @Column({ name: 'seen_at', type: 'timestamptz', default: () => 'now()' })
  seenAt!: Date;
}
