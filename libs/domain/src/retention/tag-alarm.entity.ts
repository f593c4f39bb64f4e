import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Repository } from '../repository/repository.entity.js';

/** An immutable tag that was moved or removed at the registry, until it is back. One open row for a tag. */
@Entity('tag_alarms')
@Index('tag_alarms_open_key', ['repositoryId', 'tag'], { unique: true, where: '"settled_at" IS NULL' })
@Index('tag_alarms_untold_idx', ['id'], { where: '"told_at" IS NULL' })
@Index('tag_alarms_unsettled_idx', ['id'], { where: '"settled_at" IS NULL' })
export class TagAlarm {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ name: 'repository_id', type: 'integer' })
  repositoryId!: number;

  @ManyToOne(() => Repository, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'repository_id', foreignKeyConstraintName: 'tag_alarms_repository_fk' })
  repository?: Relation<Repository>;

  @Column({ type: 'text' })
  tag!: string;

  /** Name of the rule that makes it immutable. */
  @Column({ type: 'text' })
  rule!: string;

  /** What it has to be. */
  @Column({ name: 'kept_digest', type: 'text' })
  keptDigest!: string;

  /** What it is; null: it was removed. */
  @Column({ name: 'found_digest', type: 'text', nullable: true })
  foundDigest!: string | null;

  @Column({ type: 'text', nullable: true })
  actor!: string | null;

  @Column({ name: 'seen_at', type: 'timestamptz', default: () => 'now()' })
  seenAt!: Date;

  /** When it was written to log and audit. */
  @Column({ name: 'told_at', type: 'timestamptz', nullable: true })
  toldAt!: Date | null;

  /** When it had its digest again. */
  @Column({ name: 'settled_at', type: 'timestamptz', nullable: true })
  settledAt!: Date | null;
}
