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
import { Namespace } from '../namespace/namespace.entity.js';
import type { ContentType, RequestMethod, WebhookEvent, WebhookFormat } from './webhook-events.js';

/** Whom to tell of what happens in a namespace. */
@Entity('webhooks')
@Index('webhooks_namespace_idx', ['namespaceId', 'id'])
@Check('webhooks_request_method_check', `"request_method" in ('GET', 'POST')`)
@Check('webhooks_format_check', `"format" in ('portus', 'cloudevents')`)
export class Webhook {
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'webhooks_pkey',
  })
  id!: number;

  @Column({ name: 'namespace_id', type: 'integer' })
  namespaceId!: number;

  @ManyToOne(() => Namespace, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'namespace_id', foreignKeyConstraintName: 'webhooks_namespace_fk' })
  namespace?: Relation<Namespace>;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  url!: string;

  /** scheme://host:port of the URL: the target whose failures are counted together. */
  @Column({ type: 'text' })
  origin!: string;

  @Column({ name: 'request_method', type: 'text', default: 'POST' })
  requestMethod!: RequestMethod;

  @Column({ name: 'content_type', type: 'text', default: 'application/json' })
  contentType!: ContentType;

  @Column({ type: 'text', default: 'portus' })
  format!: WebhookFormat;

  @Column({ type: 'text', array: true })
  events!: WebhookEvent[];

  /** For HTTP Basic; null: none. */
  @Column({ type: 'text', nullable: true })
  username!: string | null;

  /** Sealed. */
  @Column({ type: 'text', nullable: true })
  password!: string | null;

  /** Sealed; signs the deliveries. */
  @Column({ type: 'text', nullable: true })
  secret!: string | null;

  @Column({ type: 'boolean', default: false })
  enabled!: boolean;

  /** The worker that delivers for it at this moment, and until when it is believed. */
  @Column({ type: 'uuid', nullable: true })
  holder!: string | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** When a worker last took it: whoever waited longest is next. */
  @Column({ name: 'served_at', type: 'timestamptz', default: () => 'now()' })
  servedAt!: Date;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
