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
import { Registry } from '../registry/registry.entity.js';
import type { ScanState } from './scan-state.js';
import type { Severity } from './severity.js';

/**
 * A manifest digest of a registry, for all tags and repositories that have it, with what is shown of it in lists: the
 * newest verdicts of its scanners merged; of an index, of its platforms. Written together with what it is summed from.
 */
@Entity('scan_targets')
@Index('scan_targets_digest_key', ['registryId', 'digest'], { unique: true })
@Index('scan_targets_unplanned_idx', ['id'], { where: '"unplanned"' })
export class ScanTarget {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'scan_targets_pkey',
  })
  id!: string;

  @Column({ name: 'registry_id', type: 'integer' })
  registryId!: number;

  @ManyToOne(() => Registry, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'registry_id', foreignKeyConstraintName: 'scan_targets_registry_fk' })
  registry?: Relation<Registry>;

  @Column({ type: 'text' })
  digest!: string;

  /** True until it was found out what it is and which scanners are to look at it. */
  @Column({ type: 'boolean', default: true })
  unplanned!: boolean;

  /** true: an index, whose verdict is the union of its platforms'. */
  @Column({ name: 'is_index', type: 'boolean', default: false })
  isIndex!: boolean;

  @Column({ type: 'text', default: 'none' })
  state!: ScanState;

  /** Why, for people. */
  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  /** When the oldest of the verdicts that it is merged from was completed; null: there is none, and the counts mean nothing. */
  @Column({ name: 'verdict_at', type: 'timestamptz', nullable: true })
  verdictAt!: Date | null;

  /** The worst severity that was found; null: none, or no verdict. */
  @Column({ type: 'text', nullable: true })
  worst!: Severity | null;

  /** true: something of it was made up, by a scanner for demonstrations. */
  @Column({ type: 'boolean', default: false })
  demo!: boolean;

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

  /** Of all of them, those that a newer version fixes. */
  @Column({ type: 'integer', default: 0 })
  fixable!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
