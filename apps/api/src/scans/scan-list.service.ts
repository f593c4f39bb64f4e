import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { By } from '#persistence/activities.repository.js';
import type { Listed, Page } from '#persistence/listing.js';
import { type ListedScan, ScanListRepository } from '#persistence/scan-list.repository.js';
import { type ScannerRow, ScannersRepository } from '#persistence/scanners.repository.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import { ScanRequestsService } from './scan-requests.service.js';

/** All scans are counted, so those who look share a count for this long, milliseconds. */
const SHARED_MS = 5_000;
const NONE = { queued: 0, running: 0, done: 0, failed: 0, unsupported: 0 };

/** The scanners that workers have, and their work. */
@Injectable()
export class ScanListService {
  private readonly counts: SharedResult<typeof NONE>;

  constructor(
    private readonly scans: ScanListRepository,
    private readonly scanners: ScannersRepository,
    @Inject(ScanRequestsService) private readonly requests: ScanRequestsService,
  ) {
    this.counts = new SharedResult(SHARED_MS, async () => ({ ...NONE, ...(await this.scans.counts()) }));
  }

  async list(state: ListedScan['state'] | null, page: Page<'id'>): Promise<Listed<ListedScan>> {
    return this.scans.page(state, page);
  }

  async summary(): Promise<typeof NONE> {
    return this.counts.get();
  }

  async used(): Promise<ScannerRow[]> {
    return this.scanners.enabled();
  }

  /** Has it done before everything else, with all its attempts, whatever became of it. */
  async retry(by: By, id: string): Promise<void> {
    const target = await this.scans.targetOf(id);
    if (target === null) throw new AppError('not_found', 'Not found');
    await this.requests.target(by, target);
  }
}
