import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import type { Severity } from './severity.js';
import { Vulnerability } from './vulnerability.entity.js';

/**
 * A vulnerability in a version of a package, as one scanner tells it. Shared by all digests that have it, and never
 * changed: a scanner that tells something else makes another row, so that verdicts stay what they were.
 */
@Entity('scan_issues')
@Index('scan_issues_key', ['key'], { unique: true })
@Index('scan_issues_vulnerability_idx', ['vulnerabilityId'])
export class ScanIssue {
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'scan_issues_pkey',
  })
  id!: number;

  /** Hash of all that follows. */
  @Column({ type: 'uuid' })
  key!: string;

  @Column({ type: 'text' })
  scanner!: string;

  @Column({ name: 'vulnerability_id', type: 'integer' })
  vulnerabilityId!: number;

  @ManyToOne(() => Vulnerability, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'vulnerability_id', foreignKeyConstraintName: 'scan_issues_vulnerability_fk' })
  vulnerability?: Relation<Vulnerability>;

  @Column({ type: 'text' })
  package!: string;

  @Column({ type: 'text', nullable: true })
  purl!: string | null;

  @Column({ type: 'text' })
  installed!: string;

  /** Versions that fix it, as the scanner writes them; null: none yet. */
  @Column({ type: 'text', nullable: true })
  fixed!: string | null;

  @Column({ type: 'text' })
  severity!: Severity;

  /** Who rated it so: a distribution, NVD, … */
  @Column({ name: 'severity_source', type: 'text', nullable: true })
  severitySource!: string | null;

  /** 0 to 10. */
  @Column({ name: 'cvss_score', type: 'real', nullable: true })
  cvssScore!: number | null;

  @Column({ name: 'cvss_vector', type: 'text', nullable: true })
  cvssVector!: string | null;
}
