import { Module } from '@nestjs/common';
import { Draining } from '#platform/lifecycle/draining.js';
import { AuthModule } from '../auth/auth.module.js';
import { BacklogHealth } from './backlog-health.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { HelpersHealth } from './helpers-health.js';
import { HouseChecks } from './house-checks.js';
import { RegistriesHealth } from './registries-health.js';
import { TokensHealth } from './tokens-health.js';
import { VersionController } from './version.controller.js';
import { WatchHouse } from './watch-house.js';
import { WorkersHealth } from './workers-health.js';

/** How the house is: for people, for load balancers, and for Prometheus. */
@Module({
  imports: [AuthModule],
  controllers: [HealthController, VersionController],
  providers: [
    Draining,
    HealthService,
    HouseChecks,
    BacklogHealth,
    HelpersHealth,
    RegistriesHealth,
    TokensHealth,
    WorkersHealth,
    WatchHouse,
  ],
})
export class HealthModule {}
