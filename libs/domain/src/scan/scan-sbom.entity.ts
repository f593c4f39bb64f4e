import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';
import { ScanTarget } from './scan-target.entity.js';

/** The newest SBOM of a digest that a scanner made, in CycloneDX. */
@Entity('scan_sboms')
@Index('scan_sboms_target_scanner_key', ['targetId', 'scanner'], { unique: true })
export class ScanSbom {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'scan_sboms_pkey',
  })
  id!: string;

  @Column({ name: 'target_id', type: 'bigint' })
  targetId!: string;

  @ManyToOne(() => ScanTarget, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'target_id', foreignKeyConstraintName: 'scan_sboms_target_fk' })
  target?: Relation<ScanTarget>;

  @Column({ type: 'text' })
  scanner!: string;

  @Column({ name: 'media_type', type: 'text' })
  mediaType!: string;

  /** Bytes of the document. */
  @Column({ type: 'integer' })
  size!: number;

  /** The document, gzipped. */
  @Column({ type: 'bytea' })
  packed!: Buffer;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
