import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { User } from '../user/user.entity.js';

/**
 * How far a creation is that was asked for with an `Idempotency-Key`. `running`: nothing is made yet. `made`: it is, in the
 * same transaction as this word. `answered`: its answer is kept.
 */
export const IDEMPOTENCY_STATES = ['running', 'made', 'answered'] as const;
export type IdempotencyState = (typeof IDEMPOTENCY_STATES)[number];

/** A creation that may be asked for again within a day, and is carried out once. */
@Entity('idempotency_keys')
@Index('idempotency_keys_created_at_idx', ['createdAt'])
export class IdempotencyKey {
  @PrimaryColumn({ name: 'user_id', type: 'integer', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'idempotency_keys_user_fk' })
  user?: Relation<User>;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  key!: string;

  /** HMAC-SHA-256 of the request: method, address, body, and what its credentials are kept to. */
  @Column({ type: 'bytea' })
  fingerprint!: Buffer;

  /** The request that carries it out. */
  @Column({ type: 'uuid' })
  holder!: string;

  @Column({ type: 'text', default: 'running' })
  state!: IdempotencyState;

  /** Status, headers and body, sealed: it may hold a token that is shown once. */
  @Column({ type: 'text', nullable: true })
  answer!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
