import { Module } from '@nestjs/common';
import { TagFactsController } from './tag-facts.controller.js';
import { TagFactsService } from './tag-facts.service.js';
import { TagsController } from './tags.controller.js';
import { TagsService } from './tags.service.js';

@Module({
  controllers: [TagsController, TagFactsController],
  providers: [TagsService, TagFactsService],
  exports: [TagsService],
})
export class TagsModule {}
