import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm';

/** A person, a bot, or the `portus` service account. */
@Entity('users')
@Index('users_username_key', ['username'], { unique: true })
@Index('users_email_key', ['email'], { unique: true })
@Index('users_email_order_idx', { synchronize: false })
@Index('users_bots_idx', ['id'], { where: '"bot"' })
@Index('users_username_idx', ['username', 'id'])
@Index('users_created_at_idx', ['createdAt', 'id'])
@Index('users_updated_at_idx', ['updatedAt', 'id'])
export class User {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ type: 'citext' })
  username!: string;

  @Column({ type: 'citext', nullable: true })
  email!: string | null;

  /** argon2id in PHC form, or an imported bcrypt hash until the next login; null: no password login (tokens only). */
  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash!: string | null;

  /** Raised with every change of the password or of the rights to sign in. */
  @Column({ name: 'credential_version', type: 'integer', default: 1 })
  credentialVersion!: number;

  @Column({ name: 'display_name', type: 'text', nullable: true })
  displayName!: string | null;

  @Column({ type: 'boolean', default: false })
  admin!: boolean;

  @Column({ type: 'boolean', default: true })
  enabled!: boolean;

  /** Signs in with application tokens only, whatever password is stored. */
  @Column({ type: 'boolean', default: false })
  bot!: boolean;

  /** The `portus` account, as which Portus itself acts. */
  @Column({ type: 'boolean', default: false })
  service!: boolean;

  /** When an administrator locked it (or Portus 2.x had); null: it is not. Wrong passwords lock nobody. */
  @Column({ name: 'locked_at', type: 'timestamptz', nullable: true })
  lockedAt!: Date | null;

  /** The personal namespace. */
  @Column({ name: 'namespace_id', type: 'integer', nullable: true })
  namespaceId!: number | null;

  @Column({ name: 'current_sign_in_at', type: 'timestamptz', nullable: true })
  currentSignInAt!: Date | null;

  @Column({ name: 'last_sign_in_at', type: 'timestamptz', nullable: true })
  lastSignInAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
