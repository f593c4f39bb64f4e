import { Module } from '@nestjs/common';
import { NamespaceRetentionController, RetentionController } from './retention.controller.js';
import { RetentionRunsService } from './retention-runs.service.js';
import { RetentionService } from './retention.service.js';
import { TagAlarmsController } from './tag-alarms.controller.js';
import { TagAlarmsService } from './tag-alarms.service.js';

@Module({
  controllers: [RetentionController, NamespaceRetentionController, TagAlarmsController],
  providers: [RetentionService, RetentionRunsService, TagAlarmsService],
})
export class RetentionModule {}
