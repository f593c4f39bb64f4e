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
import type { NamespaceFacts, Visibility } from '../policy/facts.js';
import { Registry } from '../registry/registry.entity.js';
import { Team } from '../team/team.entity.js';
import { User } from '../user/user.entity.js';

/** The first part of repository names; belongs to a team. The global namespace has the empty name. */
@Entity('namespaces')
@Index('namespaces_registry_name_key', ['registryId', 'name'], { unique: true })
@Index('namespaces_team_idx', ['teamId'])
@Index('namespaces_name_idx', ['name', 'id'])
@Index('namespaces_created_at_idx', ['createdAt', 'id'])
@Index('namespaces_updated_at_idx', ['updatedAt', 'id'])
@Index('namespaces_visibility_idx', ['visibility', 'id'])
@Index('namespaces_name_trgm_idx', { synchronize: false })
@Check('namespaces_kind_check', `"kind" in ('global', 'personal', 'team')`)
@Check('namespaces_visibility_check', `"visibility" in ('private', 'protected', 'public')`)
export class Namespace {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ type: 'text' })
  name!: string;

  @Column({ name: 'registry_id', type: 'integer' })
  registryId!: number;

  @ManyToOne(() => Registry, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'registry_id', foreignKeyConstraintName: 'namespaces_registry_fk' })
  registry?: Relation<Registry>;

  @Column({ name: 'team_id', type: 'integer' })
  teamId!: number;

  @ManyToOne(() => Team, { onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'team_id', foreignKeyConstraintName: 'namespaces_team_fk' })
  team?: Relation<Team>;

  /** Owner of a personal namespace. */
  @Column({ name: 'owner_id', type: 'integer', nullable: true })
  ownerId!: number | null;

  @ManyToOne(() => User, { onDelete: 'SET NULL' })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'namespaces_owner_fk' })
  owner?: Relation<User>;

  @Column({ type: 'text', default: 'team' })
  kind!: NamespaceFacts['kind'];

  @Column({ type: 'text', default: 'private' })
  visibility!: Visibility;

  @Column({ type: 'text', default: '' })
  description!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
