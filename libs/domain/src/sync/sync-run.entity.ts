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
import { Registry } from '../registry/registry.entity.js';
import type { SyncMode, SyncStrategy } from './strategy.js';

/**
 * waiting: its plan would remove too much and waits for an administrator's yes. held: nothing was removed, the outcome
 * says why.
 */
export const SYNC_STATES = ['queued', 'running', 'waiting', 'done', 'held', 'failed', 'cancelled'] as const;
export type SyncState = (typeof SYNC_STATES)[number];

/** listing: the catalog is paged. looking: all of it was listed. removing: what was planned is asked for again, and goes. */
export const SYNC_STAGES = ['listing', 'looking', 'removing'] as const;
export type SyncStage = (typeof SYNC_STAGES)[number];

/** One pass over a registry's catalog. The unique slot guarantees one run per reason and time, whatever the queue does. */
@Entity('sync_runs')
@Index('sync_runs_slot_key', ['registryId', 'slot'], { unique: true })
@Index('sync_runs_registry_idx', ['registryId', 'id'])
@Index('sync_runs_open_idx', ['id'], { where: `"state" IN ('queued', 'running')` })
export class SyncRun {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ name: 'registry_id', type: 'integer' })
  registryId!: number;

  @ManyToOne(() => Registry, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'registry_id', foreignKeyConstraintName: 'sync_runs_registry_fk' })
  registry?: Relation<Registry>;

  @Column({ type: 'text' })
  slot!: string;

  @Column({ type: 'text' })
  mode!: SyncMode;

  @Column({ type: 'text' })
  strategy!: SyncStrategy;

  @Column({ type: 'text', default: 'queued' })
  state!: SyncState;

  @Column({ type: 'text', default: 'listing' })
  stage!: SyncStage;

  /** `last` of the catalog's next page: where a listing goes on after a kill. */
  @Column({ type: 'text', nullable: true })
  cursor!: string | null;

  /** Compares and changes nothing. */
  @Column({ name: 'dry_run', type: 'boolean', default: false })
  dryRun!: boolean;

  /** Absences first seen at this time or before are old enough to be confirmed by this run. */
  @Column({ name: 'confirm_before', type: 'timestamptz', nullable: true })
  confirmBefore!: Date | null;

  /** Name of the worker that leads it, and until when it is believed. */
  @Column({ type: 'uuid', nullable: true })
  holder!: string | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** Repositories listed by the registry, done, and failed. */
  @Column({ type: 'integer', default: 0 })
  listed!: number;

  @Column({ type: 'integer', default: 0 })
  done!: number;

  @Column({ type: 'integer', default: 0 })
  failed!: number;

  /** What was stored when it began, and how many of these repositories the listing lacked. */
  @Column({ name: 'known_repositories', type: 'integer', nullable: true })
  knownRepositories!: number | null;

  @Column({ name: 'known_tags', type: 'integer', nullable: true })
  knownTags!: number | null;

  @Column({ type: 'integer', default: 0 })
  missing!: number;

  /** Tags that may be removed: twice proved absent. */
  @Column({ type: 'integer', default: 0 })
  planned!: number;

  /** Differences that were found and are not repaired; 0 at the end: the catalog is equal. */
  @Column({ type: 'integer', default: 0 })
  open!: number;

  /** Differences that were written down; bounded. */
  @Column({ type: 'integer', default: 0 })
  recorded!: number;

  /** What was changed: counts by kind. */
  @Column({ type: 'jsonb', default: {} })
  changes!: Record<string, number>;

  /** Why it ended as it did, for people. */
  @Column({ type: 'text', nullable: true })
  outcome!: string | null;

  /** Who asked for it; null: a schedule, or Portus itself. */
  @Column({ name: 'requested_by', type: 'text', nullable: true })
  requestedBy!: string | null;

  @Column({ name: 'approved_by', type: 'text', nullable: true })
  approvedBy!: string | null;

  @Column({ name: 'approved_at', type: 'timestamptz', nullable: true })
  approvedAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'started_at', type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
