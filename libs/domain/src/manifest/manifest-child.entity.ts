import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Manifest } from './manifest.entity.js';

/** An entry of an index or manifest list. By digest: the child itself may arrive later, or never. */
@Entity('manifest_children')
@Index('manifest_children_digest_idx', ['digest'])
export class ManifestChild {
  @PrimaryColumn({ name: 'parent_id', type: 'bigint', primaryKeyConstraintName: 'manifest_children_pkey' })
  parentId!: string;

  @ManyToOne(() => Manifest, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'parent_id', foreignKeyConstraintName: 'manifest_children_parent_fk' })
  parent?: Relation<Manifest>;

  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'manifest_children_pkey' })
  position!: number;

  @Column({ type: 'text' })
  digest!: string;

  @Column({ name: 'media_type', type: 'text' })
  mediaType!: string;

  @Column({ type: 'text', nullable: true })
  os!: string | null;

  @Column({ type: 'text', nullable: true })
  architecture!: string | null;

  @Column({ type: 'text', nullable: true })
  variant!: string | null;

  /** Bytes of the child's config and layers; null while they could not be read. */
  @Column({ type: 'bigint', nullable: true })
  size!: string | null;

  @Column({ type: 'jsonb', default: {} })
  annotations!: Record<string, string>;
}
