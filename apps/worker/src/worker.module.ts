import { type DynamicModule, type FactoryProvider, Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AuditChain } from '#audit/audit-chain.js';
import { CatalogModule } from '#catalog/catalog.module.js';
import { ConfigDrain } from '#catalog/config-drain.js';
import { EventDrain } from '#catalog/event-drain.js';
import { makeSyncRunner, type SyncSettings } from '#catalog/make-sync-runner.js';
import { Reconciler } from '#catalog/reconciler.js';
import { RegistryClients } from '#catalog/registry-clients.js';
import { ScanDrain } from '#catalog/scan-drain.js';
import { SyncRunner } from '#catalog/sync-runner.js';
import { ActivitySealsRepository } from '#persistence/activity-seals.repository.js';
import { ConfigsRepository } from '#persistence/configs.repository.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { PersistenceModule } from '#persistence/persistence.module.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { RemovedTagsRepository } from '#persistence/removed-tags.repository.js';
import { SyncBatchesRepository } from '#persistence/sync-batches.repository.js';
import { SyncPlansRepository } from '#persistence/sync-plans.repository.js';
import { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { LOGGER, SETTINGS, SettingsModule } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import type { QueueConnections } from '#queues/queue-backend.js';
import { QueuesModule } from '#queues/queues.module.js';
import type { KeyRing } from '#tokens/key-ring.js';
import { TokensModule } from '#tokens/tokens.module.js';
import { CatalogSyncProcessor } from './catalog-sync/catalog-sync.processor.js';
import { DeletionsModule } from './deletions/deletions.module.js';
import { Heartbeat } from './health/heartbeat.js';
import { WorkerHealth } from './health/worker-health.js';
import { MailModule } from './mail/mail.module.js';
import { RegistryEventsProcessor } from './registry-events/registry-events.processor.js';
import { AuditSealer } from './schedules/audit-sealer.js';
import { choreProviders } from './schedules/chores.js';
import { ConfigSweeper } from './schedules/config-sweeper.js';
import { Housekeeping } from './schedules/housekeeping.js';
import { Sweeper } from './schedules/sweeper.js';
import { SyncScheduler } from './schedules/sync-scheduler.js';
import { SecurityScanModule } from './security-scan/security-scan.module.js';
import { WebhookDeliveriesModule } from './webhook-deliveries/webhook-deliveries.module.js';

export interface WorkerParts {
  settings: Settings;
  logger: Logger;
  queues: QueueConnections;
  keys: KeyRing;
}

const eventDrain: FactoryProvider = {
  provide: EventDrain,
  inject: [InboxRepository, RegistriesRepository, Reconciler, LOGGER],
  useFactory: (inbox: InboxRepository, registries: RegistriesRepository, reconciler: Reconciler, logger: Logger) =>
    new EventDrain(inbox, registries, reconciler, logger),
};

const configDrain: FactoryProvider = {
  provide: ConfigDrain,
  inject: [ConfigsRepository, RegistriesRepository, RegistryClients, Reconciler, LOGGER],
  useFactory: (...parts: ConstructorParameters<typeof ConfigDrain>) => new ConfigDrain(...parts),
};

const syncRunner: FactoryProvider = {
  provide: SyncRunner,
  inject: [
    SyncRunsRepository,
    SyncBatchesRepository,
    SyncPlansRepository,
    RemovedTagsRepository,
    RegistriesRepository,
    Reconciler,
    RegistryClients,
    SETTINGS,
    LOGGER,
  ],
  useFactory: (
    runs: SyncRunsRepository,
    batches: SyncBatchesRepository,
    plans: SyncPlansRepository,
    removed: RemovedTagsRepository,
    registries: RegistriesRepository,
    reconciler: Reconciler,
    clients: RegistryClients,
    settings: Settings,
    logger: Logger,
  ) =>
    makeSyncRunner({ runs, batches, plans, removed, registries, reconciler, clients }, syncSettings(settings), logger),
};

function syncSettings(settings: Settings): SyncSettings {
  return {
    deepRate: settings.syncDeepRate === 0 ? null : settings.syncDeepRate,
    confirmationSeconds: settings.syncConfirmation,
    share: settings.syncRemovalShare / 100,
    minimum: settings.syncRemovalMinimum,
  };
}

/** The worker: any number of processes, scaled on its own. */
@Module({})
export class WorkerModule implements OnModuleDestroy {
  constructor(
    @Inject(EventDrain) private readonly events: EventDrain,
    @Inject(SyncRunner) private readonly syncs: SyncRunner,
    @Inject(ScanDrain) private readonly scans: ScanDrain,
    @Inject(ConfigDrain) private readonly configs: ConfigDrain,
  ) {}

  static register({ settings, logger, queues, keys }: WorkerParts): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        SettingsModule.register(settings, logger),
        MetricsModule,
        PersistenceModule,
        QueuesModule.register(queues),
        TokensModule.register(keys),
        CatalogModule,
        DeletionsModule,
        WebhookDeliveriesModule,
        MailModule.register(settings),
        SecurityScanModule,
        ScheduleModule.forRoot(),
      ],
      providers: [
        eventDrain,
        syncRunner,
        configDrain,
        // Switched off, notifications are still stored and wait.
        ...(settings.registryEvents ? [RegistryEventsProcessor] : []),
        CatalogSyncProcessor,
        {
          provide: AuditChain,
          inject: [ActivitySealsRepository],
          useFactory: (seals: ActivitySealsRepository) => new AuditChain(seals),
        },
        AuditSealer,
        Heartbeat,
        WorkerHealth,
        ConfigSweeper,
        Sweeper,
        ...choreProviders,
        Housekeeping,
        SyncScheduler,
      ],
    };
  }

  /** Before the queues are closed. */
  async onModuleDestroy(): Promise<void> {
    await this.finish();
  }

  /** What is under way is finished or handed back, nothing new is begun. */
  async finish(): Promise<void> {
    await Promise.all([this.events.stop(), this.syncs.stop(), this.scans.stop(), this.configs.stop()]);
  }
}
