import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
  UpdateDateColumn,
} from 'typeorm';
import { Manifest } from '../manifest/manifest.entity.js';
import { Repository } from '../repository/repository.entity.js';
import { User } from '../user/user.entity.js';

/** A tag and the manifest that it pointed to when the registry was last read. */
@Entity('tags')
@Index('tags_repository_name_key', ['repositoryId', 'name'], { unique: true })
@Index('tags_manifest_idx', ['manifestId'])
@Index('tags_author_idx', ['authorId'])
@Index('tags_name_idx', ['name', 'id'])
@Index('tags_created_at_idx', ['createdAt', 'id'])
@Index('tags_updated_at_idx', ['updatedAt', 'id'])
@Index('tags_repository_idx', ['repositoryId', 'id'])
@Index('tags_name_trgm_idx', { synchronize: false })
export class Tag {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ name: 'repository_id', type: 'integer' })
  repositoryId!: number;

  @ManyToOne(() => Repository, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'repository_id', foreignKeyConstraintName: 'tags_repository_fk' })
  repository?: Relation<Repository>;

  @Column({ type: 'text' })
  name!: string;

  @Column({ name: 'manifest_id', type: 'bigint' })
  manifestId!: string;

  @ManyToOne(() => Manifest)
  @JoinColumn({ name: 'manifest_id', foreignKeyConstraintName: 'tags_manifest_fk' })
  manifest?: Relation<Manifest>;

  @Column({ name: 'author_id', type: 'integer', nullable: true })
  authorId!: number | null;

  @ManyToOne(() => User, { onDelete: 'SET NULL' })
  @JoinColumn({ name: 'author_id', foreignKeyConstraintName: 'tags_author_fk' })
  author?: Relation<User>;

  /** The author's name, kept when the user is gone; null where only a sync has seen the tag. */
  @Column({ type: 'text', nullable: true })
  username!: string | null;

  @Column({ name: 'pulled_at', type: 'timestamptz', nullable: true })
  pulledAt!: Date | null;

  @Column({ name: 'pull_count', type: 'bigint', default: 0 })
  pullCount!: string;

  /** When a sync first missed it in a complete listing. */
  @Column({ name: 'absent_since', type: 'timestamptz', nullable: true })
  absentSince!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** When it was last pushed or moved. */
  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
