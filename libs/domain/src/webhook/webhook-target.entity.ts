import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A host that failed lately. One that answers has no row. */
@Entity('webhook_targets')
export class WebhookTarget {
  /** scheme://host:port */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'webhook_targets_pkey' })
  origin!: string;

  /** In a row. */
  @Column({ type: 'integer' })
  failures!: number;

  /** Until then nothing is sent there; afterwards one request tries it again. null: it may still be sent to. */
  @Column({ name: 'open_until', type: 'timestamptz', nullable: true })
  openUntil!: Date | null;

  @Column({ name: 'failed_at', type: 'timestamptz', default: () => 'now()' })
  failedAt!: Date;
}
