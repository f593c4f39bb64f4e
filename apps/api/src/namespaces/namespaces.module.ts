import { Module } from '@nestjs/common';
import { NamespaceChangesService } from './namespace-changes.service.js';
import { NamespacePlaces } from './namespace-places.js';
import { NamespacesController } from './namespaces.controller.js';
import { NamespacesService } from './namespaces.service.js';

@Module({
  controllers: [NamespacesController],
  providers: [NamespacesService, NamespaceChangesService, NamespacePlaces],
  exports: [NamespacesService],
})
export class NamespacesModule {}
