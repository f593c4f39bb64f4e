import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ScanIssue } from './scan-issue.entity.js';
import { ScanVerdict } from './scan-verdict.entity.js';

/** An issue that a verdict holds. As narrow as can be: these are the many. */
@Entity('scan_findings')
@Index('scan_findings_issue_idx', ['issueId', 'verdictId'])
export class ScanFinding {
  @PrimaryColumn({ name: 'verdict_id', type: 'bigint', primaryKeyConstraintName: 'scan_findings_pkey' })
  verdictId!: string;

  @ManyToOne(() => ScanVerdict, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'verdict_id', foreignKeyConstraintName: 'scan_findings_verdict_fk' })
  verdict?: Relation<ScanVerdict>;

  @PrimaryColumn({ name: 'issue_id', type: 'integer', primaryKeyConstraintName: 'scan_findings_pkey' })
  issueId!: number;

  @ManyToOne(() => ScanIssue)
  @JoinColumn({ name: 'issue_id', foreignKeyConstraintName: 'scan_findings_issue_fk' })
  issue?: Relation<ScanIssue>;

  /** Position of the layer in the verdict's list, from 1; null: not known. */
  @Column({ type: 'smallint', nullable: true })
  layer!: number | null;

  /** When the scanner first found this vulnerability in the image; it stays while what is said of it changes. */
  @Column({ name: 'found_at', type: 'timestamptz', default: () => 'now()' })
  foundAt!: Date;
}
