import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/**
 * A manifest that somebody fetched (GET), or asked about by tag (HEAD) as clients do before they fetch it by digest.
 * Narrow and append only; the worker folds it into `pull_counts`.
 */
@Entity('pull_events')
export class PullEvent {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column({ name: 'registry_id', type: 'integer' })
  registryId!: number;

  @Column({ name: 'event_id', type: 'text' })
  eventId!: string;

  @Column({ type: 'text' })
  repository!: string;

  @Column({ type: 'text', nullable: true })
  tag!: string | null;

  @Column({ type: 'text', nullable: true })
  digest!: string | null;

  @Column({ type: 'text', default: 'GET' })
  method!: 'GET' | 'HEAD';

  /** Who asked from where, in a few characters; it binds a GET by digest to the HEAD before it. */
  @Column({ type: 'text', default: '' })
  client!: string;

  @Column({ name: 'received_at', type: 'timestamptz', default: () => 'now()' })
  receivedAt!: Date;

  @Column({ name: 'pulled_at', type: 'timestamptz', default: () => 'now()' })
  pulledAt!: Date;
}
