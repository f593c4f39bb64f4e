import { Module } from '@nestjs/common';
import { OpinionsController } from './opinions.controller.js';
import { OpinionsService } from './opinions.service.js';
import { RepositoriesController } from './repositories.controller.js';
import { RepositoriesService } from './repositories.service.js';
import { RepositoryChangesService } from './repository-changes.service.js';

@Module({
  controllers: [RepositoriesController, OpinionsController],
  providers: [RepositoriesService, OpinionsService, RepositoryChangesService],
})
export class RepositoriesModule {}
