import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Registry } from '../registry/registry.entity.js';
import { User } from '../user/user.entity.js';

/** What was asked for and refused at the token endpoint: one row for all repetitions of a day. */
@Entity('denials')
@Index('denials_user_key', ['userId', 'day', 'registryId', 'repository', 'action', 'told'], {
  unique: true,
  where: '"user_id" IS NOT NULL',
})
@Index('denials_anonymous_key', ['day', 'registryId', 'repository', 'action', 'told'], {
  unique: true,
  where: '"user_id" IS NULL',
})
@Index('denials_user_idx', ['userId', 'lastAt', 'id'])
@Index('denials_last_at_idx', ['lastAt', 'id'])
@Index('denials_repository_idx', ['repository', 'lastAt', 'id'])
export class Denial {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  /** null: somebody who was not signed in. */
  @Column({ name: 'user_id', type: 'integer', nullable: true })
  userId!: number | null;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'denials_user_fk' })
  user?: Relation<User>;

  @Column({ name: 'registry_id', type: 'integer' })
  registryId!: number;

  @ManyToOne(() => Registry, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'registry_id', foreignKeyConstraintName: 'denials_registry_fk' })
  registry?: Relation<Registry>;

  /** As asked, whether it exists or not; of another type than a repository with it (`registry:catalog`). */
  @Column({ type: 'text' })
  repository!: string;

  @Column({ type: 'text' })
  action!: string;

  /** What the user may learn; the key has this one, so that the number of rows tells no more than they do. */
  @Column({ type: 'text' })
  told!: string;

  /** The rule that refused it, for administrators: the last one, where it changed within the day. */
  @Column({ type: 'text' })
  reason!: string;

  /** In UTC. */
  @Column({ type: 'date' })
  day!: string;

  @Column({ name: 'first_at', type: 'timestamptz' })
  firstAt!: Date;

  @Column({ name: 'last_at', type: 'timestamptz' })
  lastAt!: Date;

  /** Where it last came from. */
  @Column({ type: 'text' })
  address!: string;

  @Column({ type: 'integer' })
  count!: number;
}
