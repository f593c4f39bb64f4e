import { Module } from '@nestjs/common';
import { TagsModule } from '../tags/tags.module.js';
import { AcceptedRisksController } from './accepted-risks.controller.js';
import { AcceptedRisksService } from './accepted-risks.service.js';
import { ScanExportsController } from './scan-exports.controller.js';
import { ScanExportsService } from './scan-exports.service.js';
import { ScanListController } from './scan-list.controller.js';
import { ScanListService } from './scan-list.service.js';
import { ScanRequestsService, ScanRequestsStore } from './scan-requests.service.js';
import { ScansService } from './scans.service.js';
import { TagScansController } from './tag-scans.controller.js';
import { VulnerabilitiesController } from './vulnerabilities.controller.js';

/** What scanners found. */
@Module({
  imports: [TagsModule],
  controllers: [
    VulnerabilitiesController,
    TagScansController,
    ScanExportsController,
    ScanListController,
    AcceptedRisksController,
  ],
  providers: [
    ScansService,
    ScanExportsService,
    ScanRequestsStore,
    ScanRequestsService,
    ScanListService,
    AcceptedRisksService,
  ],
})
export class ScansModule {}
