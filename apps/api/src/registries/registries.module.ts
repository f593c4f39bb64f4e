import { Module } from '@nestjs/common';
import { RegistriesController } from './registries.controller.js';
import { RegistryChangesService } from './registry-changes.service.js';
import { RegistriesService } from './registries.service.js';
import { RegistryConfigController } from './registry-config.controller.js';
import { RegistryConfigService } from './registry-config.service.js';
import { SyncsController } from './syncs.controller.js';
import { SyncsService } from './syncs.service.js';

@Module({
  controllers: [RegistriesController, RegistryConfigController, SyncsController],
  providers: [RegistriesService, RegistryChangesService, RegistryConfigService, SyncsService],
  exports: [RegistriesService],
})
export class RegistriesModule {}
