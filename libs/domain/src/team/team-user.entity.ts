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
  UpdateDateColumn,
} from 'typeorm';
import type { Role } from '../policy/facts.js';
import { User } from '../user/user.entity.js';
import { Team } from './team.entity.js';

/** Membership of a user in a team. */
@Entity('team_users')
@Index('team_users_team_user_key', ['teamId', 'userId'], { unique: true })
@Index('team_users_user_idx', ['userId'])
@Index('team_users_team_idx', ['teamId', 'id'])
@Check('team_users_role_check', `"role" in ('viewer', 'contributor', 'owner')`)
export class TeamUser {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ name: 'team_id', type: 'integer' })
  teamId!: number;

  @ManyToOne(() => Team, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'team_id', foreignKeyConstraintName: 'team_users_team_fk' })
  team?: Relation<Team>;

  @Column({ name: 'user_id', type: 'integer' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'team_users_user_fk' })
  user?: Relation<User>;

  @Column({ type: 'text' })
  role!: Role;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
