import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A wrong password. Kept for an hour; what decides about throttling is counted from these rows. */
@Entity('login_failures')
@Index('login_failures_pair_idx', ['username', 'address', 'failedAt'])
@Index('login_failures_address_idx', ['address', 'failedAt'])
@Index('login_failures_failed_at_idx', ['failedAt'])
export class LoginFailure {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  /** As it was tried; nobody need have this name. */
  @Column({ type: 'citext' })
  username!: string;

  @Column({ type: 'text' })
  address!: string;

  /** Keyed hash of what was tried: clients try the same password by POST and then by GET, which is one mistake. */
  @Column({ type: 'bytea' })
  attempt!: Buffer;

  @Column({ name: 'failed_at', type: 'timestamptz', default: () => 'now()' })
  failedAt!: Date;
}
