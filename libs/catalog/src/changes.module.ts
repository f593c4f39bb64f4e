import { type FactoryProvider, Global, Module } from '@nestjs/common';
import { CatalogRepository } from '#persistence/catalog.repository.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { ManifestsRepository } from '#persistence/manifests.repository.js';
import { OwnChanges } from './own-changes.js';
import { Reconciler } from './reconciler.js';
import { RegistryClients } from './registry-clients.js';
import { RepositoryRemover } from './repository-remover.js';
import { TagRemover } from './tag-remover.js';
import { TagRestorer } from './tag-restorer.js';

const PROVIDERS: FactoryProvider[] = [
  {
    provide: OwnChanges,
    inject: [InboxRepository, Reconciler],
    useFactory: (...parts: ConstructorParameters<typeof OwnChanges>) => new OwnChanges(...parts),
  },
  {
    provide: TagRemover,
    inject: [RegistryClients, CatalogRepository, ManifestsRepository, OwnChanges],
    useFactory: (...parts: ConstructorParameters<typeof TagRemover>) => new TagRemover(...parts),
  },
  {
    provide: RepositoryRemover,
    inject: [RegistryClients, CatalogRepository, OwnChanges],
    useFactory: (...parts: ConstructorParameters<typeof RepositoryRemover>) => new RepositoryRemover(...parts),
  },
  {
    provide: TagRestorer,
    inject: [RegistryClients, OwnChanges],
    useFactory: (...parts: ConstructorParameters<typeof TagRestorer>) => new TagRestorer(...parts),
  },
];

/** What Portus itself changes at registries, for both programs; after the catalog's module. */
@Global()
@Module({ providers: PROVIDERS, exports: [TagRemover, RepositoryRemover, TagRestorer] })
export class ChangesModule {}
