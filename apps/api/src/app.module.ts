import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { CatalogModule } from '#catalog/catalog.module.js';
import { ChangesModule } from '#catalog/changes.module.js';
import { IdentityModule } from '#identity/identity.module.js';
import { PersistenceModule } from '#persistence/persistence.module.js';
import { SettingsModule } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import type { QueueConnections } from '#queues/queue-backend.js';
import { QueuesModule } from '#queues/queues.module.js';
import type { KeyRing } from '#tokens/key-ring.js';
import { TokensModule } from '#tokens/tokens.module.js';
import { ActivitiesModule } from './activities/activities.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BootstrapModule } from './bootstrap/bootstrap.module.js';
import { EventsModule } from './events/events.module.js';
import { DenialsModule } from './denials/denials.module.js';
import { DeletionsModule } from './deletions/deletions.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { ExplainModule } from './explain/explain.module.js';
import { HealthModule } from './health/health.module.js';
import { AccessGuard } from './http/access.guard.js';
import { ErrorFilter } from './http/error.filter.js';
import { Idempotency } from './http/idempotency.js';
import { ListPages } from './http/list-page.js';
import { Preconditions } from './http/preconditions.js';
import { RequestShape } from './http/request-shape.js';
import { NamespacesModule } from './namespaces/namespaces.module.js';
import { RegistriesModule } from './registries/registries.module.js';
import { RepositoriesModule } from './repositories/repositories.module.js';
import { OutgoingWebhooksModule } from './outgoing-webhooks/outgoing-webhooks.module.js';
import { PasswordResetsModule } from './password-resets/password-resets.module.js';
import { ProfileModule } from './profile/profile.module.js';
import { SbomsModule } from './sboms/sboms.module.js';
import { ScansModule } from './scans/scans.module.js';
import { SearchModule } from './search/search.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { TagsModule } from './tags/tags.module.js';
import { TeamsModule } from './teams/teams.module.js';
import { UsersModule } from './users/users.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

export interface ApiParts {
  settings: Settings;
  logger: Logger;
  queues: QueueConnections;
  keys: KeyRing;
}

/** The api: stateless, any number of replicas. */
@Module({})
export class ApiModule {
  static register({ settings, logger, queues, keys }: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        SettingsModule.register(settings, logger),
        MetricsModule,
        PersistenceModule,
        QueuesModule.register(queues),
        TokensModule.register(keys),
        CatalogModule,
        ChangesModule,
        IdentityModule,
        BootstrapModule,
        AuthModule,
        WebhooksModule,
        RegistriesModule,
        EventsModule,
        NamespacesModule,
        RepositoriesModule,
        TagsModule,
        SbomsModule,
        ScansModule,
        DeletionsModule,
        RetentionModule,
        OutgoingWebhooksModule,
        TeamsModule,
        SearchModule,
        SessionsModule,
        ProfileModule,
        PasswordResetsModule,
        UsersModule,
        DenialsModule,
        ExplainModule,
        ActivitiesModule,
        HealthModule,
      ],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ErrorFilter },
        // In this order, the first one outermost.
        ...[RequestShape, Idempotency, Preconditions, ListPages].map((useClass) => ({
          provide: APP_INTERCEPTOR,
          useClass,
        })),
      ],
    };
  }
}
