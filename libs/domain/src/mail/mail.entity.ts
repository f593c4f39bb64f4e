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
import { PasswordReset } from '../user/password-reset.entity.js';

/** waiting: to be sent. sent: a server took it. dead: given up; the reason says why. */
export const MAIL_STATES = ['waiting', 'sent', 'dead'] as const;
export type MailState = (typeof MAIL_STATES)[number];

/**
 * A mail that is to be sent, made in the transaction that it tells of. It goes when what it belongs to goes: used up,
 * expired, or replaced by another one. A user has one at most, so the table is bounded.
 */
@Entity('mails')
@Index('mails_reset_key', ['resetId'], { unique: true })
@Index('mails_due_idx', ['nextAttemptAt', 'id'], { where: `"state" = 'waiting'` })
export class Mail {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'mails_pkey',
  })
  id!: string;

  @Column({ name: 'reset_id', type: 'integer' })
  resetId!: number;

  @ManyToOne(() => PasswordReset, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'reset_id', foreignKeyConstraintName: 'mails_reset_fk' })
  reset?: Relation<PasswordReset>;

  /** The letter, sealed: what it holds lets somebody in. null: it is not needed any more. */
  @Column({ type: 'text', nullable: true })
  sealed!: string | null;

  @Column({ type: 'text', default: 'waiting' })
  state!: MailState;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ name: 'next_attempt_at', type: 'timestamptz', default: () => 'now()' })
  nextAttemptAt!: Date;

  /** Why the last attempt failed. */
  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
