import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import type { DeliveryState, EventFacts, WebhookEvent } from './webhook-events.js';
import { Webhook } from './webhook.entity.js';

/**
 * One event for one webhook: what is to be sent, and what came of it. Made in the transaction of the change that it
 * tells of, so that neither is there without the other.
 */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_uuid_key', ['uuid'], { unique: true })
@Index('webhook_deliveries_webhook_idx', ['webhookId', 'id'])
@Index('webhook_deliveries_due_idx', ['webhookId', 'nextAttemptAt'], { where: `"state" = 'waiting'` })
@Index('webhook_deliveries_dead_idx', ['webhookId', 'id'], { where: `"state" = 'dead'` })
@Index('webhook_deliveries_created_at_idx', ['createdAt', 'id'])
export class WebhookDelivery {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'webhook_deliveries_pkey',
  })
  id!: string;

  @Column({ name: 'webhook_id', type: 'integer' })
  webhookId!: number;

  @ManyToOne(() => Webhook, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'webhook_id', foreignKeyConstraintName: 'webhook_deliveries_webhook_fk' })
  webhook?: Relation<Webhook>;

  /** The same at every attempt: receivers tell by it what they have had already. */
  @Column({ type: 'uuid' })
  uuid!: string;

  @Column({ type: 'text' })
  event!: WebhookEvent;

  @Column({ type: 'jsonb' })
  facts!: EventFacts;

  @Column({ type: 'text', default: 'waiting' })
  state!: DeliveryState;

  /** Attempts since it was made, or sent again by hand. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ name: 'next_attempt_at', type: 'timestamptz', default: () => 'now()' })
  nextAttemptAt!: Date;

  /** Of the last answer; 0: there was none. null: not tried yet. */
  @Column({ type: 'integer', nullable: true })
  status!: number | null;

  /** Why the last attempt failed. */
  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  /** Of the last attempt, without secrets. */
  @Column({ name: 'request_header', type: 'jsonb', nullable: true })
  requestHeader!: Record<string, string> | null;

  @Column({ name: 'request_body', type: 'text', nullable: true })
  requestBody!: string | null;

  @Column({ name: 'response_header', type: 'jsonb', nullable: true })
  responseHeader!: Record<string, string> | null;

  @Column({ name: 'response_body', type: 'text', nullable: true })
  responseBody!: string | null;

  /** Milliseconds of the last attempt. */
  @Column({ type: 'integer', nullable: true })
  duration!: number | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** When the last attempt ended. */
  @Column({ name: 'attempted_at', type: 'timestamptz', nullable: true })
  attemptedAt!: Date | null;
}
