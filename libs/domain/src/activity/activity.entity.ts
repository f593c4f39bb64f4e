import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { ActivityKey, SubjectType } from './activity-keys.js';

/**
 * Who did what, from where: the audit log. Append only (the database refuses changes); names stand beside ids, and
 * nothing refers to other tables, so that a row outlives what it tells of. Never holds a secret.
 */
@Entity('activities')
@Index('activities_actor_idx', ['actorId', 'id'])
@Index('activities_team_idx', ['teamId', 'id'])
@Index('activities_namespace_idx', ['namespaceId', 'id'])
@Index('activities_key_idx', ['key', 'id'])
@Index('activities_unsealed_idx', ['id'], { where: 'seal_id IS NULL' })
@Index('activities_seal_idx', ['sealId', 'id'])
export class Activity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'text' })
  key!: ActivityKey;

  /** null: Portus itself, or nobody who is known. */
  @Column({ name: 'actor_id', type: 'integer', nullable: true })
  actorId!: number | null;

  @Column({ name: 'actor_name', type: 'text', nullable: true })
  actorName!: string | null;

  /** From where, as the api saw it (behind trusted proxies: the client). */
  @Column({ type: 'text', nullable: true })
  address!: string | null;

  @Column({ name: 'request_id', type: 'text', nullable: true })
  requestId!: string | null;

  @Column({ name: 'subject_type', type: 'text' })
  subjectType!: SubjectType;

  @Column({ name: 'subject_id', type: 'bigint', nullable: true })
  subjectId!: string | null;

  @Column({ name: 'subject_name', type: 'text' })
  subjectName!: string;

  /** Its members may see the row. */
  @Column({ name: 'team_id', type: 'integer', nullable: true })
  teamId!: number | null;

  @Column({ name: 'namespace_id', type: 'integer', nullable: true })
  namespaceId!: number | null;

  /** What changed: `{before, after}` or other facts, without secrets. */
  @Column({ type: 'jsonb', default: {} })
  details!: Record<string, unknown>;

  /** The seal that covers the row; null until the next one is made. */
  @Column({ name: 'seal_id', type: 'integer', nullable: true })
  sealId!: number | null;
}
