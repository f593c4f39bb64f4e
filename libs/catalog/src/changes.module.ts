import { type FactoryProvider, Global, Module } from '@nestjs/common';
import { CatalogRepository } from '#persistence/catalog.repository.js';
import { Database } from '#persistence/database.js';
import { DeletionsRepository } from '#persistence/deletions.repository.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { ManifestsRepository } from '#persistence/manifests.repository.js';
import { RetentionRulesRepository } from '#persistence/retention-rules.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { OwnChanges } from './own-changes.js';
import { Reconciler } from './reconciler.js';
import { RegistryClients } from './registry-clients.js';
import { RepositoryRemover } from './repository-remover.js';
import { Retention, ruleOfSettings } from './retention.js';
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
  {
    provide: Retention,
    inject: [Database, RetentionRulesRepository, DeletionsRepository, SETTINGS],
    useFactory: (
      database: Database,
      rules: RetentionRulesRepository,
      deletions: DeletionsRepository,
      settings: Settings,
    ) =>
      new Retention(database, rules, deletions, {
        deleteEnabled: settings.deleteEnabled,
        moveShared: settings.deleteMoveShared,
        rule: ruleOfSettings(settings),
        grace: settings.retentionInterval,
      }),
  },
];

/** What Portus itself changes at registries, for both programs; after the catalog's module. */
@Global()
@Module({ providers: PROVIDERS, exports: [Retention, TagRemover, RepositoryRemover, TagRestorer] })
export class ChangesModule {}
