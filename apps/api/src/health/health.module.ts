import { Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '#persistence/database.js';
import { watchCatalog } from '#persistence/watch-catalog.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { AuthModule } from '../auth/auth.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { TokensHealth } from './tokens-health.js';

/** How the house is: for people, for load balancers, and for Prometheus. */
@Module({ imports: [AuthModule], controllers: [HealthController], providers: [HealthService, TokensHealth] })
export class HealthModule implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    watchCatalog(this.metrics, this.database);
  }
}
