import { Module } from '@nestjs/common';
import { RegistriesController } from './registries.controller.js';
import { RegistryChangesService } from './registry-changes.service.js';
import { RegistriesService } from './registries.service.js';
import { SyncsController } from './syncs.controller.js';
import { SyncsService } from './syncs.service.js';

@Module({
  controllers: [RegistriesController, SyncsController],
  providers: [RegistriesService, RegistryChangesService, SyncsService],
  exports: [RegistriesService],
})
export class RegistriesModule {}
