import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';
import type { Action } from '../naming/scope.js';
import { User } from './user.entity.js';

/** A secret of a user for programs. Random enough for a fast hash, which is found by index. */
@Entity('application_tokens')
@Index('application_tokens_hash_key', ['tokenHash'], { unique: true })
@Index('application_tokens_user_idx', ['userId', 'id'])
@Check('application_tokens_actions_check', `"actions" <@ ARRAY['pull', 'push', 'delete']`)
@Index('application_tokens_user_application_key', ['userId', 'application'], { unique: true })
export class ApplicationToken {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ name: 'user_id', type: 'integer' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'application_tokens_user_fk' })
  user?: Relation<User>;

  @Column({ type: 'text' })
  application!: string;

  /** SHA-256 of the token. */
  @Column({ name: 'token_hash', type: 'bytea' })
  tokenHash!: Buffer;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** null: never. */
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** What it may be used for at most; null: whatever its user may do. */
  @Column({ type: 'text', array: true, nullable: true })
  actions!: Action[] | null;

  /** Names of the namespaces that it is kept to, in whichever registry; null: not kept to any. */
  @Column({ type: 'text', array: true, nullable: true })
  namespaces!: string[] | null;

  /** Some seconds late: uses are written down in batches. */
  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;

  /** IP address of the client, trusted proxies considered. */
  @Column({ name: 'last_used_from', type: 'text', nullable: true })
  lastUsedFrom!: string | null;
}
