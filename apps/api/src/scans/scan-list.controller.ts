import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { AdminOnly } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { pageOf } from '../http/list-page.js';
import { paging } from '../http/list-query.js';
import {
  listedScanView,
  scanId,
  scannerView,
  scansQuery,
  type ScansQuery,
  scansSummary,
  viewListedScan,
  viewScanner,
} from './scan-list.dto.js';
import { ScanListService } from './scan-list.service.js';
import { ASKED, asked } from './scans.dto.js';

@ApiTags('vulnerabilities')
@Controller('api/v1')
export class ScanListController {
  constructor(
    private readonly scans: ScanListService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The scanners that are used, with the age of what they know. None: images are not scanned. */
  @Get('scanners')
  @Answers(z.array(scannerView))
  async scanners() {
    return (await this.scans.used()).map(viewScanner);
  }

  /** Scans that wait, are at work, or have ended; one for each image and scanner, the newest first. */
  @Get('scans')
  @AdminOnly()
  @Answers(z.array(listedScanView))
  async list(@Query({ schema: scansQuery }) query: ScansQuery) {
    const cut = paging<'id'>({ ...query, sort_order: 'desc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.scans.list(query.state ?? null, cut), viewListedScan);
  }

  /** How many scans there are in each state. */
  @Get('scans/summary')
  @AdminOnly()
  @Answers(scansSummary)
  async summary() {
    return this.scans.summary();
  }

  /** Has an image scanned again, before all others. */
  @Post('scans/:scan_id/retry')
  @AdminOnly()
  @Answers(asked, { status: 202, also: [404, 503] })
  @HttpCode(202)
  async retry(@CalledBy() by: By, @Param('scan_id', { schema: scanId }) id: string) {
    await this.scans.retry(by, id);
    return ASKED;
  }
}
