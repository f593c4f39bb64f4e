import { CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { User } from '../user/user.entity.js';
import { Repository } from './repository.entity.js';

/** Somebody likes a repository. How many do stands with the repository. */
@Entity('stars')
@Index('stars_repository_idx', ['repositoryId'])
export class Star {
  @PrimaryColumn({ name: 'user_id', type: 'integer', primaryKeyConstraintName: 'stars_pkey' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'stars_user_fk' })
  user?: Relation<User>;

  @PrimaryColumn({ name: 'repository_id', type: 'integer', primaryKeyConstraintName: 'stars_pkey' })
  repositoryId!: number;

  @ManyToOne(() => Repository, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'repository_id', foreignKeyConstraintName: 'stars_repository_fk' })
  repository?: Relation<Repository>;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
