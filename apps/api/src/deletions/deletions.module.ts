import { Module } from '@nestjs/common';
import { DeletionPlaces } from './deletion-places.js';
import { DeletionRecorder } from './deletion-recorder.js';
import { DeletionRequestsService } from './deletion-requests.service.js';
import { DeletionsController } from './deletions.controller.js';
import { DeletionsService } from './deletions.service.js';
import { PlaceDeletionsController } from './place-deletions.controller.js';

@Module({
  controllers: [DeletionsController, PlaceDeletionsController],
  providers: [DeletionsService, DeletionRequestsService, DeletionRecorder, DeletionPlaces],
  exports: [DeletionRequestsService],
})
export class DeletionsModule {}
