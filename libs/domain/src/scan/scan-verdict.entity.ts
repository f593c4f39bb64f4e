import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { ScanTarget } from './scan-target.entity.js';

/** The newest completed scan of a digest by one scanner. It stays while the next one is made, and is changed in one piece. */
@Entity('scan_verdicts')
@Index('scan_verdicts_target_scanner_key', ['targetId', 'scanner'], { unique: true })
export class ScanVerdict {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'scan_verdicts_pkey',
  })
  id!: string;

  @Column({ name: 'target_id', type: 'bigint' })
  targetId!: string;

  @ManyToOne(() => ScanTarget, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'target_id', foreignKeyConstraintName: 'scan_verdicts_target_fk' })
  target?: Relation<ScanTarget>;

  @Column({ type: 'text' })
  scanner!: string;

  @Column({ name: 'scanner_version', type: 'text', nullable: true })
  scannerVersion!: string | null;

  /** What the scanner calls the state of its data, and of when that is. */
  @Column({ name: 'data_version', type: 'text', nullable: true })
  dataVersion!: string | null;

  @Column({ name: 'data_at', type: 'timestamptz', nullable: true })
  dataAt!: Date | null;

  @Column({ name: 'completed_at', type: 'timestamptz' })
  completedAt!: Date;

  /** When this scanner first completed a scan of it. */
  @Column({ name: 'first_at', type: 'timestamptz', default: () => 'now()' })
  firstAt!: Date;

  /** Digests of the layers that findings name, by their position. */
  @Column({ type: 'text', array: true, default: () => "'{}'" })
  layers!: string[];

  @Column({ type: 'integer', default: 0 })
  critical!: number;

  @Column({ type: 'integer', default: 0 })
  high!: number;

  @Column({ type: 'integer', default: 0 })
  medium!: number;

  @Column({ type: 'integer', default: 0 })
  low!: number;

  @Column({ type: 'integer', default: 0 })
  negligible!: number;

  @Column({ type: 'integer', default: 0 })
  unknown!: number;

  @Column({ type: 'integer', default: 0 })
  fixable!: number;
}
