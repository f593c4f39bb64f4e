import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Registry } from '../registry/registry.entity.js';

/**
 * Who may reconcile a repository now. The generation rises with every acquisition and is what an applied plan is
 * checked against: a worker that wakes late holds an old generation and applies nothing. Kept beside the catalog, by
 * name, because a repository must be leased before it is known to exist and after its row has gone.
 */
@Entity('repository_leases')
export class RepositoryLease {
  @PrimaryColumn({ name: 'registry_id', type: 'integer', primaryKeyConstraintName: 'repository_leases_pkey' })
  registryId!: number;

  @ManyToOne(() => Registry, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'registry_id', foreignKeyConstraintName: 'repository_leases_registry_fk' })
  registry?: Relation<Registry>;

  @PrimaryColumn({ name: 'full_name', type: 'text', primaryKeyConstraintName: 'repository_leases_pkey' })
  fullName!: string;

  @Column({ type: 'bigint', default: 0 })
  generation!: string;

  @Column({ type: 'uuid', nullable: true })
  holder!: string | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** When the read of the last applied plan began, by the database's clock. */
  @Column({ name: 'applied_read_at', type: 'timestamptz', nullable: true })
  appliedReadAt!: Date | null;
}
