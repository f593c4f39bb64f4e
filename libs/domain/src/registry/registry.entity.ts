import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm';
import type { SyncStrategy } from '../sync/strategy.js';

/** An unmodified Docker/OCI registry that Portus stands beside. */
@Entity('registries')
@Index('registries_name_key', ['name'], { unique: true })
@Index('registries_hostname_key', ['hostname'], { unique: true })
@Index('registries_external_hostname_key', ['externalHostname'], { unique: true })
@Index('registries_webhook_secret_hash_idx', ['webhookSecretHash'])
@Index('registries_unsigned_events_key', ['unsignedEvents'], { unique: true, where: '"unsigned_events"' })
export class Registry {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column({ type: 'text' })
  name!: string;

  /** host[:port] by which Portus reaches it; also a `service` that its tokens may be asked for. */
  @Column({ type: 'text' })
  hostname!: string;

  /** host[:port] that clients use, where it differs. */
  @Column({ name: 'external_hostname', type: 'text', nullable: true })
  externalHostname!: string | null;

  @Column({ name: 'use_ssl', type: 'boolean', default: false })
  useSsl!: boolean;

  /** SHA-256 of the secret that its notifications carry; it also tells which registry speaks. */
  @Column({ name: 'webhook_secret_hash', type: 'bytea', nullable: true })
  webhookSecretHash!: Buffer | null;

  /** The former secret's hash, still valid while the registry is being reconfigured. */
  @Column({ name: 'webhook_secret_previous_hash', type: 'bytea', nullable: true })
  webhookSecretPreviousHash!: Buffer | null;

  /** Whether notifications without a secret are taken as its own; of one registry at most. */
  @Column({ name: 'unsigned_events', type: 'boolean', default: false })
  unsignedEvents!: boolean;

  /** How it is synchronized; null: as the settings say. */
  @Column({ name: 'sync_strategy', type: 'text', nullable: true })
  syncStrategy!: SyncStrategy | null;

  /** `source.instanceID` of its last event: a new one means a restart, which loses waiting notifications. */
  @Column({ name: 'last_instance_id', type: 'text', nullable: true })
  lastInstanceId!: string | null;

  /** When it last sent a notification, to within some seconds. */
  @Column({ name: 'heard_at', type: 'timestamptz', nullable: true })
  heardAt!: Date | null;

  /** When the catalog's names, and its digests, were last proved equal to the registry. */
  @Column({ name: 'names_equal_at', type: 'timestamptz', nullable: true })
  namesEqualAt!: Date | null;

  @Column({ name: 'digests_equal_at', type: 'timestamptz', nullable: true })
  digestsEqualAt!: Date | null;

  /** How far its clock is ahead of Portus's, and how far the database's was when that was measured; negative: behind. */
  @Column({ name: 'clock_ahead_ms', type: 'integer', nullable: true })
  clockAheadMs!: number | null;

  @Column({ name: 'clock_database_ahead_ms', type: 'integer', nullable: true })
  clockDatabaseAheadMs!: number | null;

  @Column({ name: 'clock_measured_at', type: 'timestamptz', nullable: true })
  clockMeasuredAt!: Date | null;

  /** Why it could not be read the last time, since when without a success between; null: nothing is known to be wrong. */
  @Column({ name: 'last_error_code', type: 'text', nullable: true })
  lastErrorCode!: string | null;

  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  @Column({ name: 'failing_since', type: 'timestamptz', nullable: true })
  failingSince!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
