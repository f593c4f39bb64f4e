import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Manifest } from './manifest.entity.js';

/** An image whose configuration is still to be read: until then its platform, date and labels are not known. */
@Entity('waiting_configs')
@Index('waiting_configs_due_idx', ['dueAt'])
export class WaitingConfig {
  @PrimaryColumn({ name: 'manifest_id', type: 'bigint', primaryKeyConstraintName: 'waiting_configs_pkey' })
  manifestId!: string;

  @ManyToOne(() => Manifest, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'manifest_id', foreignKeyConstraintName: 'waiting_configs_manifest_fk' })
  manifest?: Relation<Manifest>;

  /** Later than now while a worker reads it, and for a while after the registry did not answer. */
  @Column({ name: 'due_at', type: 'timestamptz', default: () => 'now()' })
  dueAt!: Date;
}
