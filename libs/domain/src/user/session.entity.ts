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
import { User } from './user.entity.js';

/** Somebody who is signed in with a browser. Ends when it is not used, at its latest date, or with a new password. */
@Entity('sessions')
@Index('sessions_hash_key', ['tokenHash'], { unique: true })
@Index('sessions_user_idx', ['userId', 'id'])
@Index('sessions_expires_at_idx', ['expiresAt'])
export class Session {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ name: 'user_id', type: 'integer' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'sessions_user_fk' })
  user?: Relation<User>;

  /** SHA-256 of what the cookie holds. */
  @Column({ name: 'token_hash', type: 'bytea' })
  tokenHash!: Buffer;

  /** The user's at the sign-in. */
  @Column({ name: 'credential_version', type: 'integer' })
  credentialVersion!: number;

  /** Where the sign-in came from. */
  @Column({ type: 'text' })
  address!: string;

  /** What the browser calls itself; information only. */
  @Column({ name: 'user_agent', type: 'text' })
  userAgent!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** Exact to a minute. */
  @Column({ name: 'last_used_at', type: 'timestamptz', default: () => 'now()' })
  lastUsedAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
