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

/** held: nothing was removed, the outcome says why. */
export const SYNC_STATES = ['queued', 'running', 'done', 'held', 'failed'] as const;
export type SyncState = (typeof SYNC_STATES)[number];

/** One pass over a registry's catalog. The unique slot guarantees one run per reason and time, whatever the queue does. */
@Entity('sync_runs')
@Index('sync_runs_slot_key', ['registryId', 'slot'], { unique: true })
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

  /** Name of the worker that runs it, and until when it is believed. */
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

  /** What was changed: counts by kind. */
  @Column({ type: 'jsonb', default: {} })
  changes!: Record<string, number>;

  /** Why it ended as it did, for people. */
  @Column({ type: 'text', nullable: true })
  outcome!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'started_at', type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
