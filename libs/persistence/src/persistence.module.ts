import { DeletionsRepository } from './deletions.repository.js';
import { RetentionRulesRepository } from './retention-rules.repository.js';
import { TagAlarmsRepository } from './tag-alarms.repository.js';
import { Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { AccountsRepository } from './accounts.repository.js';
import { ActivitiesRepository } from './activities.repository.js';
import { ActivitySealsRepository } from './activity-seals.repository.js';
import { ApplicationTokensRepository } from './application-tokens.repository.js';
import { awaitSchema } from './await-schema.js';
import { CatalogRepository } from './catalog.repository.js';
import { ClocksRepository } from './clocks.repository.js';
import { dataSourceOptions } from './data-source-options.js';
import { ConfigsRepository } from './configs.repository.js';
import { CommentsRepository } from './comments.repository.js';
import { Database } from './database.js';
import { DeletionWorkRepository } from './deletion-work.repository.js';
import { DenialsRepository } from './denials.repository.js';
import { EventLogRepository } from './event-log.repository.js';
import { IdempotencyKeysRepository } from './idempotency-keys.repository.js';
import { InboxRepository } from './inbox.repository.js';
import { LeaseRepository } from './lease.repository.js';
import { LoginFailuresRepository } from './login-failures.repository.js';
import { MailsRepository } from './mails.repository.js';
import { ManifestsRepository } from './manifests.repository.js';
import { NamespacesRepository } from './namespaces.repository.js';
import { PasswordResetsRepository } from './password-resets.repository.js';
import { PullsRepository } from './pulls.repository.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { RegistriesRepository } from './registries.repository.js';
import { RemovedTagsRepository } from './removed-tags.repository.js';
import { RepositoriesRepository } from './repositories.repository.js';
import { AcceptedRisksRepository } from './accepted-risks.repository.js';
import { ScanFindingsRepository } from './scan-findings.repository.js';
import { ScanListRepository } from './scan-list.repository.js';
import { ScanPlansRepository } from './scan-plans.repository.js';
import { ScanQueueRepository } from './scan-queue.repository.js';
import { ScanSbomsRepository } from './scan-sboms.repository.js';
import { ScanVerdictsRepository } from './scan-verdicts.repository.js';
import { ScannersRepository } from './scanners.repository.js';
import { SyncBatchesRepository } from './sync-batches.repository.js';
import { StarsRepository } from './stars.repository.js';
import { SyncDifferencesRepository } from './sync-differences.repository.js';
import { SyncPlansRepository } from './sync-plans.repository.js';
import { SearchRepository } from './search.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import { SyncRunsRepository } from './sync-runs.repository.js';
import { TagHistoryRepository } from './tag-history.repository.js';
import { TagsRepository } from './tags.repository.js';
import { TeamMembersRepository } from './team-members.repository.js';
import { TeamsRepository } from './teams.repository.js';
import { TokenFactsRepository } from './token-facts.repository.js';
import { UsersRepository } from './users.repository.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookHeadersRepository } from './webhook-headers.repository.js';
import { WebhookQueueRepository } from './webhook-queue.repository.js';
import { WebhooksRepository } from './webhooks.repository.js';
import { WorkersRepository } from './workers.repository.js';
import { watchDatabase } from './watch-database.js';

const REPOSITORIES = [
  TagAlarmsRepository,
  RetentionRulesRepository,
  DeletionsRepository,
  AccountsRepository,
  ActivitiesRepository,
  ActivitySealsRepository,
  ApplicationTokensRepository,
  CatalogRepository,
  ClocksRepository,
  ConfigsRepository,
  EventLogRepository,
  DeletionWorkRepository,
  DenialsRepository,
  CommentsRepository,
  IdempotencyKeysRepository,
  InboxRepository,
  LeaseRepository,
  LoginFailuresRepository,
  MailsRepository,
  ManifestsRepository,
  NamespacesRepository,
  PasswordResetsRepository,
  PullsRepository,
  RefreshTokensRepository,
  RegistriesRepository,
  RemovedTagsRepository,
  RepositoriesRepository,
  AcceptedRisksRepository,
  ScanFindingsRepository,
  ScanListRepository,
  ScanPlansRepository,
  ScanQueueRepository,
  ScanSbomsRepository,
  ScanVerdictsRepository,
  ScannersRepository,
  SyncBatchesRepository,
  StarsRepository,
  SyncDifferencesRepository,
  SyncPlansRepository,
  SearchRepository,
  SessionsRepository,
  SyncRunsRepository,
  TagHistoryRepository,
  TagsRepository,
  TeamMembersRepository,
  TeamsRepository,
  TokenFactsRepository,
  UsersRepository,
  WebhookDeliveriesRepository,
  WebhookHeadersRepository,
  WebhookQueueRepository,
  WebhooksRepository,
  WorkersRepository,
];

const RETRY_MS = 1_000;

/**
 * The database. Waits for it, and for its migrations, as long as it takes: programs may be started in any order. Refuses
 * one that a newer Portus has migrated.
 */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [SETTINGS, LOGGER],
      useFactory: (settings: Settings, logger: Logger) => ({
        ...dataSourceOptions({
          url: settings.databaseUrl,
          poolSize: settings.databasePool,
          applicationName: String(logger.bindings()['name'] ?? 'portus'),
        }),
        retryAttempts: Number.MAX_SAFE_INTEGER,
        retryDelay: RETRY_MS,
      }),
    }),
  ],
  providers: [
    {
      provide: Database,
      inject: [getDataSourceToken(), SETTINGS],
      useFactory: (source: DataSource, settings: Settings) => new Database(source, settings.databasePrepares),
    },
    ...REPOSITORIES.map((repository) => ({
      provide: repository,
      inject: [Database],
      useFactory: (database: Database) => new repository(database),
    })),
  ],
  exports: [Database, ...REPOSITORIES],
})
export class PersistenceModule implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    watchDatabase(this.metrics, this.database);
    await awaitSchema(this.database, this.logger, this.settings.databaseAcceptNewer);
  }
}
