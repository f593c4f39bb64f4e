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

/** A mail by which somebody who forgot the password may set another one, once. */
@Entity('password_resets')
@Index('password_resets_hash_key', ['tokenHash'], { unique: true })
@Index('password_resets_user_idx', ['userId'])
@Index('password_resets_expires_at_idx', ['expiresAt'])
export class PasswordReset {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ name: 'user_id', type: 'integer' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'password_resets_user_fk' })
  user?: Relation<User>;

  /** SHA-256 of what the mail holds. */
  @Column({ name: 'token_hash', type: 'bytea' })
  tokenHash!: Buffer;

  /** The user's when it was asked for: with another password, or other rights to sign in, it is void. */
  @Column({ name: 'credential_version', type: 'integer' })
  credentialVersion!: number;

  /** Where the mail went: with another address it is void. */
  @Column({ type: 'citext' })
  email!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
