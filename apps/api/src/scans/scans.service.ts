import { Inject, Injectable } from '@nestjs/common';
import { judgeImage, type Judgement } from '#domain/scan/judge-image.js';
import { SEVERITIES, type Severity } from '#domain/scan/severity.js';
import type { Listed } from '#persistence/listing.js';
import {
  type AffectedRow,
  type FindingRow,
  ScanFindingsRepository,
  type VerdictRow,
} from '#persistence/scan-findings.repository.js';
import type { TagRow } from '#persistence/tags.repository.js';
import type { Person } from '../http/access.js';
import { viewerOf } from '../http/viewer.js';
import { TagsService } from '../tags/tags.service.js';
import type { FindingsQuery, VerdictQuery } from './scans.dto.js';

/** Whether an image passes, and what that was judged from. */
export interface JudgedImage extends Judgement {
  tag: TagRow;
  counts: Record<Severity, number>;
  worst: Severity | null;
  fixable: number;
  accepted: number;
  verdicts: VerdictRow[];
}

/** What scanners found in images, for whoever may pull them. */
@Injectable()
export class ScansService {
  constructor(
    @Inject(TagsService) private readonly tags: TagsService,
    private readonly findings: ScanFindingsRepository,
  ) {}

  async findingsOf(
    person: Person,
    id: number,
    query: FindingsQuery,
    skip: number,
    take: number,
  ): Promise<Listed<FindingRow>> {
    const tag = await this.tags.get(person, id);
    const fixable = query.fixable === undefined ? undefined : query.fixable === 'true';
    return this.findings.page(tag, { ...query, fixable }, skip, take);
  }

  async judge(person: Person, id: number, query: VerdictQuery): Promise<JudgedImage> {
    const tag = await this.tags.get(person, id);
    const fixableOnly = query.fixable_only === 'true';
    const { counts, fixable, accepted } = await this.findings.gateCounts(tag, fixableOnly);
    const { unscanned, unsupported, failed } = query;
    const gate = { max: query.max ?? null, fixableOnly, maxAge: query.max_age ?? null, unscanned, unsupported, failed };
    const facts = { state: tag.scanState, reason: tag.scanReason, verdictAt: tag.verdictAt, counts };
    const worst = SEVERITIES.find((one) => counts[one] > 0) ?? null;
    const verdicts = await this.findings.verdicts(tag);
    return { ...judgeImage(gate, facts, new Date()), tag, counts, worst, fixable, accepted, verdicts };
  }

  /** Images of the person's in which a vulnerability was found. */
  async affected(person: Person, name: string, skip: number, take: number): Promise<Listed<AffectedRow>> {
    return this.findings.affected(
      viewerOf(person),
      name.toUpperCase().startsWith('CVE-') ? name.toUpperCase() : name,
      skip,
      take,
    );
  }
}
