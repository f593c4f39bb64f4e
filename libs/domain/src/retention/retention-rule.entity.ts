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

/** protect: immutable, never dropped by retention; a move is alarmed. drop: what meets all of its conditions goes. */
export const RULE_ACTIONS = ['protect', 'drop'] as const;
export type RuleAction = (typeof RULE_ACTIONS)[number];

/** A rule of retention, of one namespace or (without one) of all. */
@Entity('retention_rules')
@Index('retention_rules_namespace_idx', ['namespaceId', 'id'])
export class RetentionRule {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ name: 'namespace_id', type: 'integer', nullable: true })
  namespaceId!: number | null;

  @ManyToOne(() => Namespace, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'namespace_id', foreignKeyConstraintName: 'retention_rules_namespace_fk' })
  namespace?: Relation<Namespace>;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  action!: RuleAction;

  @Column({ type: 'boolean', default: true })
  enabled!: boolean;

  /** Globs (`*`, `?`) of whole names. */
  @Column({ name: 'repository_pattern', type: 'text', default: '*' })
  repositoryPattern!: string;

  @Column({ name: 'tag_pattern', type: 'text', default: '*' })
  tagPattern!: string;

  /** Days since the last push. */
  @Column({ name: 'older_than', type: 'integer', nullable: true })
  olderThan!: number | null;

  /** Days since the last pull; never pulled counts as long ago. */
  @Column({ name: 'not_pulled_for', type: 'integer', nullable: true })
  notPulledFor!: number | null;

  /** Newest tags of each repository that match and stay. */
  @Column({ name: 'keep_latest', type: 'integer', nullable: true })
  keepLatest!: number | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
