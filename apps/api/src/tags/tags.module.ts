import { Module } from '@nestjs/common';
import { DeletionPreviewService } from './deletion-preview.service.js';
import { TagChangesController } from './tag-changes.controller.js';
import { TagDeletionService } from './tag-deletion.service.js';
import { TagFactsController } from './tag-facts.controller.js';
import { TagFactsService } from './tag-facts.service.js';
import { TagGuard } from './tag-guard.js';
import { TagLayersController } from './tag-layers.controller.js';
import { TagLayersService } from './tag-layers.service.js';
import { TagRollbackService } from './tag-rollback.service.js';
import { TagsController } from './tags.controller.js';
import { TagsService } from './tags.service.js';

@Module({
  controllers: [TagsController, TagFactsController, TagLayersController, TagChangesController],
  providers: [
    TagsService,
    TagFactsService,
    TagLayersService,
    DeletionPreviewService,
    TagDeletionService,
    TagGuard,
    TagRollbackService,
  ],
  exports: [TagsService],
})
export class TagsModule {}
