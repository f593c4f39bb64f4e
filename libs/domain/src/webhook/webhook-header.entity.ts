import {
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
import { Webhook } from './webhook.entity.js';

/** A header that a webhook sends besides its own. */
@Entity('webhook_headers')
@Index('webhook_headers_name_key', ['webhookId', 'name'], { unique: true })
export class WebhookHeader {
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'webhook_headers_pkey',
  })
  id!: number;

  @Column({ name: 'webhook_id', type: 'integer' })
  webhookId!: number;

  @ManyToOne(() => Webhook, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'webhook_id', foreignKeyConstraintName: 'webhook_headers_webhook_fk' })
  webhook?: Relation<Webhook>;

  @Column({ type: 'citext' })
  name!: string;

  /** Sealed. */
  @Column({ type: 'text' })
  value!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
