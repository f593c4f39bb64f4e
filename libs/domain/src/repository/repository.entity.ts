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
import { Namespace } from '../namespace/namespace.entity.js';
import { Registry } from '../registry/registry.entity.js';

/** A repository as the registry was last seen to hold it. */
@Entity('repositories')
@Index('repositories_registry_full_name_key', ['registryId', 'fullName'], { unique: true })
@Index('repositories_namespace_idx', ['namespaceId', 'id'])
@Index('repositories_listed_namespace_idx', ['namespaceId', 'id'], { where: '"removed_at" IS NULL' })
@Index('repositories_listed_idx', ['id'], { where: '"removed_at" IS NULL' })
@Index('repositories_name_idx', ['name', 'id'])
@Index('repositories_full_name_idx', ['fullName', 'id'])
@Index('repositories_created_at_idx', ['createdAt', 'id'])
@Index('repositories_updated_at_idx', ['updatedAt', 'id'])
@Index('repositories_full_name_trgm_idx', { synchronize: false })
export class Repository {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ name: 'registry_id', type: 'integer' })
  registryId!: number;

  @ManyToOne(() => Registry, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'registry_id', foreignKeyConstraintName: 'repositories_registry_fk' })
  registry?: Relation<Registry>;

  @Column({ name: 'namespace_id', type: 'integer' })
  namespaceId!: number;

  @ManyToOne(() => Namespace, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'namespace_id', foreignKeyConstraintName: 'repositories_namespace_fk' })
  namespace?: Relation<Namespace>;

  /** The whole name, as the registry knows it. */
  @Column({ name: 'full_name', type: 'text' })
  fullName!: string;

  /** The name inside its namespace. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', default: '' })
  description!: string;

  /** Stored, so that lists need not count. Written only under the repository's lease. */
  @Column({ name: 'tags_count', type: 'integer', default: 0 })
  tagsCount!: number;

  /** How many people like it. Stored, so that lists need not count. */
  @Column({ type: 'integer', default: 0 })
  stars!: number;

  /** When the sync first missed it in a complete listing; cleared when it is seen again. */
  @Column({ name: 'absent_since', type: 'timestamptz', nullable: true })
  absentSince!: Date | null;

  /** Set when its last tag was proved gone; the row stays, a later push brings it back. */
  @Column({ name: 'removed_at', type: 'timestamptz', nullable: true })
  removedAt!: Date | null;

  /** Pulls of its tags, also of those that are gone. */
  @Column({ name: 'pull_count', type: 'bigint', default: 0 })
  pullCount!: string;

  @Column({ name: 'pulled_at', type: 'timestamptz', nullable: true })
  pulledAt!: Date | null;

  @Column({ name: 'names_equal_at', type: 'timestamptz', nullable: true })
  namesEqualAt!: Date | null;

  @Column({ name: 'digests_equal_at', type: 'timestamptz', nullable: true })
  digestsEqualAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
