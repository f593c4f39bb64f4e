import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CatalogRepository } from '#persistence/catalog.repository.js';
import { ClocksRepository } from '#persistence/clocks.repository.js';
import { Database } from '#persistence/database.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { LeaseRepository } from '#persistence/lease.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { TokenSigner } from '#tokens/token-signer.js';
import { ReconcileRecord } from './reconcile-record.js';
import { Reconciler } from './reconciler.js';
import { RegistryClients } from './registry-clients.js';
import { RegistryClocks } from './registry-clocks.js';
import { SyncRequests } from './sync-requests.js';

/** How much at once, and what is counted. */
const RECONCILING = Symbol('reconciling');

/** What both programs do with the catalog. */
@Global()
@Module({
  providers: [
    {
      provide: RegistryClients,
      inject: [TokenSigner, SETTINGS, RegistryClocks],
      useFactory: (signer: TokenSigner, settings: Settings, clocks: RegistryClocks) => {
        const limits = {
          connectTimeoutMs: settings.registryTimeout * 1000,
          readTimeoutMs: settings.registryReadTimeout * 1000,
          pageSize: settings.catalogPage,
          maxConnections: settings.syncConcurrency * 2,
        };
        return new RegistryClients(signer, limits, clocks);
      },
    },
    {
      provide: RegistryClocks,
      inject: [ClocksRepository, LOGGER],
      useFactory: (clocks: ClocksRepository, logger: Logger) => new RegistryClocks(clocks, logger),
    },
    {
      provide: RECONCILING,
      inject: [Metrics, SETTINGS],
      useFactory: (metrics: Metrics, settings: Settings) => ({
        concurrency: settings.syncConcurrency,
        record: new ReconcileRecord(metrics),
        adopter: settings.newNamespaceTeam,
      }),
    },
    {
      provide: Reconciler,
      inject: [Database, LeaseRepository, InboxRepository, CatalogRepository, RegistryClients, RECONCILING],
      useFactory: (...parts: ConstructorParameters<typeof Reconciler>) => new Reconciler(...parts),
    },
    {
      provide: SyncRequests,
      inject: [SyncRunsRepository, RegistriesRepository],
      useFactory: (...parts: ConstructorParameters<typeof SyncRequests>) => new SyncRequests(...parts),
    },
  ],
  exports: [RegistryClients, RegistryClocks, Reconciler, SyncRequests],
})
export class CatalogModule implements OnApplicationShutdown {
  constructor(private readonly clients: RegistryClients) {}

  async onApplicationShutdown(): Promise<void> {
    await this.clients.close();
  }
}
