import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';
import { Namespace } from '../namespace/namespace.entity.js';
import { User } from '../user/user.entity.js';

/** A vulnerability that somebody decided to live with, for a reason and perhaps for a time. It is shown all the same. */
@Entity('accepted_risks')
@Index('accepted_risks_vulnerability_idx', ['vulnerability'])
@Index('accepted_risks_namespace_idx', ['namespaceId', 'id'])
@Index('accepted_risks_author_idx', ['authorId'])
export class AcceptedRisk {
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'accepted_risks_pkey',
  })
  id!: number;

  /** null: everywhere. */
  @Column({ name: 'namespace_id', type: 'integer', nullable: true })
  namespaceId!: number | null;

  @ManyToOne(() => Namespace, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'namespace_id', foreignKeyConstraintName: 'accepted_risks_namespace_fk' })
  namespace?: Relation<Namespace>;

  /** Name of the vulnerability; it need not have been found yet. */
  @Column({ type: 'text' })
  vulnerability!: string;

  /** Only in this package; null: in all. */
  @Column({ type: 'text', nullable: true })
  package!: string | null;

  @Column({ type: 'text' })
  reason!: string;

  @Column({ name: 'author_id', type: 'integer', nullable: true })
  authorId!: number | null;

  @ManyToOne(() => User, { onDelete: 'SET NULL' })
  @JoinColumn({ name: 'author_id', foreignKeyConstraintName: 'accepted_risks_author_fk' })
  author?: Relation<User>;

  @Column({ type: 'text' })
  username!: string;

  /** null: for good. */
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
