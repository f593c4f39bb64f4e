import { Injectable } from '@nestjs/common';
import { checkConnection, checkDatabase } from '#persistence/check-database.js';
import { Database } from '#persistence/database.js';
import type { HealthCheck } from '#platform/health/check-health.js';
import { BacklogHealth } from './backlog-health.js';
import { HelpersHealth } from './helpers-health.js';
import { RegistriesHealth } from './registries-health.js';
import { TokensHealth } from './tokens-health.js';
import { WorkersHealth } from './workers-health.js';

/** What is looked at. */
@Injectable()
export class HouseChecks {
  constructor(
    private readonly database: Database,
    private readonly tokens: TokensHealth,
    private readonly registries: RegistriesHealth,
    private readonly backlogs: BacklogHealth,
    private readonly workers: WorkersHealth,
    private readonly helpers: HelpersHealth,
  ) {}

  /** What a request needs. */
  readiness() {
    return {
      database: () => checkConnection(this.database),
      tokens: () => this.tokens.checkFacts(),
    };
  }

  /** The components that there always are. */
  fixed(): Record<string, HealthCheck> {
    return {
      database: () => checkDatabase(this.database),
      tokens: () => this.tokens.checkFacts(),
      keys: async () => this.tokens.checkKeys(new Date()),
      registry: () => this.registries.check(),
      clocks: () => this.registries.checkClocks(),
      worker: () => this.workers.check(),
      background: () => this.workers.checkTasks(),
      events: () => this.backlogs.checkEvents(),
      webhooks: () => this.backlogs.checkWebhooks(),
      queue: () => this.helpers.checkQueue(),
      scanner: () => this.helpers.checkScanners(),
      mail: () => this.helpers.checkMail(),
    };
  }

  /** One more for each registry. */
  async ofRegistries(): Promise<Record<string, HealthCheck>> {
    return this.registries.checks();
  }
}
