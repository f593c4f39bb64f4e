import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

export const DELETION_KINDS = ['tags', 'repository', 'namespace', 'team', 'retention'] as const;
export type DeletionKind = (typeof DELETION_KINDS)[number];

/** incomplete: ended, and not all of it went; its items say why. It may be asked for again. */
export const DELETION_STATES = ['queued', 'running', 'done', 'incomplete'] as const;
export type DeletionState = (typeof DELETION_STATES)[number];

/** Something larger that is to be deleted at a registry. Nothing refers to what it names: it outlives that. */
@Entity('deletions')
@Index('deletions_open_idx', ['id'], { where: `"state" IN ('queued', 'running')` })
@Index('deletions_slot_key', ['slot'], { unique: true })
@Index('deletions_actor_idx', ['actorId', 'id'])
export class Deletion {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ type: 'text' })
  kind!: DeletionKind;

  /** What is deleted, for people. */
  @Column({ type: 'text' })
  name!: string;

  /** Of a namespace: its row goes last. */
  @Column({ name: 'namespace_id', type: 'integer', nullable: true })
  namespaceId!: number | null;

  /** Of a team: its namespaces and its row go last. */
  @Column({ name: 'team_id', type: 'integer', nullable: true })
  teamId!: number | null;

  /** Of all its items; null: they are of several registries. */
  @Column({ name: 'registry_id', type: 'integer', nullable: true })
  registryId!: number | null;

  /** The period of a schedule; unique, so that it is done once. */
  @Column({ type: 'text', nullable: true })
  slot!: string | null;

  /** In whose name it is done; null: Portus itself. */
  @Column({ name: 'actor_id', type: 'integer', nullable: true })
  actorId!: number | null;

  @Column({ type: 'text' })
  actor!: string;

  @Column({ name: 'move_shared', type: 'boolean', default: false })
  moveShared!: boolean;

  @Column({ type: 'text', default: 'queued' })
  state!: DeletionState;

  @Column({ type: 'text', nullable: true })
  outcome!: string | null;

  /** Times that the registry gave no answer. */
  @Column({ type: 'smallint', default: 0 })
  attempts!: number;

  /** The worker that is at it, and until when it is believed; or until when nobody takes it. */
  @Column({ type: 'uuid', nullable: true })
  holder!: string | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
