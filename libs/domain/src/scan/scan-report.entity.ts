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
import { Registry } from '../registry/registry.entity.js';

/** not_scanned is an answer, not a verdict: nothing is known about vulnerabilities. */
export const SCAN_STATES = ['queued', 'not_scanned', 'done', 'failed', 'unsupported'] as const;
export type ScanState = (typeof SCAN_STATES)[number];

/** What is known about the vulnerabilities of one manifest digest of a registry. */
@Entity('scan_reports')
@Index('scan_reports_digest_key', ['registryId', 'digest'], { unique: true })
@Index('scan_reports_queued_idx', ['id'], { where: `"state" = 'queued'` })
export class ScanReport {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column({ name: 'registry_id', type: 'integer' })
  registryId!: number;

  @ManyToOne(() => Registry, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'registry_id', foreignKeyConstraintName: 'scan_reports_registry_fk' })
  registry?: Relation<Registry>;

  @Column({ type: 'text' })
  digest!: string;

  @Column({ type: 'text', default: 'queued' })
  state!: ScanState;

  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
