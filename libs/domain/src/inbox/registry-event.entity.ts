import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Registry } from '../registry/registry.entity.js';

/** received → done | ignored | failed (tried again later) → dead; rejected: the envelope could not be understood. */
export const EVENT_STATES = ['received', 'done', 'ignored', 'failed', 'dead', 'rejected'] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** A registry's notification. The table is the inbox: what was answered 2xx is in here. */
@Entity('registry_events')
@Index('registry_events_event_key', ['registryId', 'eventId'], { unique: true })
@Index('registry_events_waiting_idx', ['registryId', 'repository', 'id'], {
  where: `"state" IN ('received', 'failed')`,
})
@Index('registry_events_evidence_idx', ['registryId'], { where: `"state" IN ('rejected', 'dead')` })
@Index('registry_events_received_at_idx', ['receivedAt', 'id'])
@Index('registry_events_repository_idx', ['repository', 'receivedAt', 'id'])
@Index('registry_events_trouble_idx', ['state', 'receivedAt', 'id'], {
  where: `"state" IN ('ignored', 'failed', 'dead', 'rejected')`,
})
export class RegistryEvent {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column({ name: 'registry_id', type: 'integer' })
  registryId!: number;

  @ManyToOne(() => Registry, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'registry_id', foreignKeyConstraintName: 'registry_events_registry_fk' })
  registry?: Relation<Registry>;

  /** `id` of the event, constant over the registry's retries. */
  @Column({ name: 'event_id', type: 'text' })
  eventId!: string;

  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'text' })
  repository!: string;

  @Column({ type: 'text', nullable: true })
  tag!: string | null;

  @Column({ type: 'text', nullable: true })
  digest!: string | null;

  @Column({ type: 'text', nullable: true })
  actor!: string | null;

  @Column({ name: 'occurred_at', type: 'timestamptz', nullable: true })
  occurredAt!: Date | null;

  @Column({ name: 'received_at', type: 'timestamptz', default: () => 'now()' })
  receivedAt!: Date;

  @Column({ type: 'text', default: 'received' })
  state!: EventState;

  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @Column({ type: 'smallint', default: 0 })
  attempts!: number;

  @Column({ name: 'next_attempt_at', type: 'timestamptz', default: () => 'now()' })
  nextAttemptAt!: Date;

  @Column({ name: 'processed_at', type: 'timestamptz', nullable: true })
  processedAt!: Date | null;

  /** The event as it was sent; of a rejected envelope its beginning. */
  @Column({ type: 'text', nullable: true })
  payload!: string | null;
}
