import { Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '#persistence/database.js';
import { WebhookDeliveriesRepository } from '#persistence/webhook-deliveries.repository.js';
import { watchWebhooks } from '#persistence/watch-webhooks.js';
import { watchScans } from '#persistence/watch-scans.js';
import { watchCatalog } from '#persistence/watch-catalog.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { AuthModule } from '../auth/auth.module.js';
import { BacklogHealth } from './backlog-health.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { ScannersHealth } from './scanners-health.js';
import { VersionController } from './version.controller.js';
import { TokensHealth } from './tokens-health.js';

/** How the house is: for people, for load balancers, and for Prometheus. */
@Module({
  imports: [AuthModule],
  controllers: [HealthController, VersionController],
  providers: [HealthService, BacklogHealth, ScannersHealth, TokensHealth],
})
export class HealthModule implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly deliveries: WebhookDeliveriesRepository,
  ) {}

  onModuleInit(): void {
    watchCatalog(this.metrics, this.database);
    watchScans(this.metrics, this.database);
    watchWebhooks(this.metrics, this.deliveries);
  }
}
