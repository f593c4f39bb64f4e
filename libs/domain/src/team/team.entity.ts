import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm';

/** A group of users that owns namespaces. Hidden teams stand behind personal and global namespaces. */
@Entity('teams')
@Index('teams_name_key', ['name'], { unique: true })
@Index('teams_listed_idx', ['id'], { where: 'NOT "hidden"' })
@Index('teams_name_idx', ['name', 'id'])
@Index('teams_created_at_idx', ['createdAt', 'id'])
@Index('teams_updated_at_idx', ['updatedAt', 'id'])
@Index('teams_name_trgm_idx', { synchronize: false })
export class Team {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ type: 'citext' })
  name!: string;

  @Column({ type: 'boolean', default: false })
  hidden!: boolean;

  @Column({ type: 'text', default: '' })
  description!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
