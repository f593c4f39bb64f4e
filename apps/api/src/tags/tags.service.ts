import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { Listed, TAG_SORTS } from '#persistence/listing.js';
import { type PullDay, PullsRepository } from '#persistence/pulls.repository.js';
import { type FindingRow, ScanFindingsRepository } from '#persistence/scan-findings.repository.js';
import { type TagRow, TagsRepository } from '#persistence/tags.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import type { Paging } from '../http/list-query.js';
import { policyOptions } from '../http/policy-options.js';
import { requirePullOf, viewerOf } from '../http/viewer.js';

const MAX_FINDINGS = 1_000;

@Injectable()
export class TagsService {
  constructor(
    private readonly tags: TagsRepository,
    private readonly pulls: PullsRepository,
    private readonly findings: ScanFindingsRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async list(person: Person, paging: Paging<(typeof TAG_SORTS)[number]>): Promise<Listed<TagRow>> {
    return this.tags.page(viewerOf(person), paging);
  }

  async get(person: Person, id: number): Promise<TagRow> {
    const row = await this.tags.find(viewerOf(person), id);
    if (row === null) throw new AppError('not_found', 'Not found');
    requirePullOf(person, row, policyOptions(this.settings));
    return row;
  }

  /** What the newest verdict found, the worst first and at most a thousand; null: there is no verdict. */
  async findingsOf(tag: TagRow): Promise<FindingRow[] | null> {
    if (tag.verdictAt === null) return null;
    return (await this.findings.page(tag, {}, 0, MAX_FINDINGS)).items;
  }

  /** Pulls of a tag by day (UTC), of the last thirty days unless others are asked for; days without pulls are left out. */
  async pullsOf(person: Person, id: number, from?: string, to?: string) {
    const { repositoryId, name } = await this.get(person, id);
    const last = to ?? isoDay(Date.now());
    const first = from ?? isoDay(Date.parse(last) - 29 * DAY_MS);
    const days: PullDay[] = await this.pulls.days(repositoryId, name, first, last);
    return { from: first, to: last, pulls: days.reduce((sum, one) => sum + one.pulls, 0), days };
  }
}

const DAY_MS = 86_400_000;
const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);
