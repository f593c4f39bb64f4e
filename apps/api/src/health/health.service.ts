import { Inject, Injectable } from '@nestjs/common';
import { RegistryClients } from '#catalog/registry-clients.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { Database } from '#persistence/database.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import {
  type Component,
  checkHealth,
  type Degraded,
  DownError,
  type HealthStatus,
  worstOf,
} from '#platform/health/check-health.js';
import type { QueueConnections } from '#queues/queue-backend.js';
import { QUEUE_CONNECTIONS } from '#queues/queues.module.js';
import { BacklogHealth } from './backlog-health.js';
import { clockFinding } from './clock-finding.js';
import { ScannersHealth } from './scanners-health.js';
import { TokensHealth } from './tokens-health.js';

/** Anybody may ask how the house is; it is looked at once in this time, milliseconds. */
const SHARED_MS = 2_000;

export interface HealthReport {
  /** Whether this is a 200. */
  healthy: boolean;
  /** The worst of the components, in one word. */
  status: HealthStatus;
  components: Record<string, Component>;
}

@Injectable()
export class HealthService {
  private readonly shared = new SharedResult(SHARED_MS, () => this.lookAround());

  constructor(
    private readonly database: Database,
    private readonly backlogs: BacklogHealth,
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
    private readonly tokens: TokensHealth,
    private readonly scanners: ScannersHealth,
    @Inject(QUEUE_CONNECTIONS) private readonly queues: QueueConnections,
  ) {}

  /**
   * Whether requests should be sent here. It needs the database and nothing else; while that is away it is degraded as
   * long as it can serve pulls: a load balancer that takes it out then would stop them for nothing.
   */
  async readiness(): Promise<HealthReport> {
    const components = await checkHealth({
      database: () => this.checkDatabase(),
      tokens: () => this.tokens.checkFacts(),
    });
    const { status } = components.tokens;
    return { healthy: status !== 'down', status, components };
  }

  /** The whole house, as `GET /api/v1/health` of Portus shows it. */
  async components(): Promise<HealthReport> {
    return this.shared.get();
  }

  private async lookAround(): Promise<HealthReport> {
    return report(
      await checkHealth({
        database: () => this.checkDatabase(),
        tokens: () => this.tokens.checkFacts(),
        keys: async () => this.tokens.checkKeys(new Date()),
        registry: () => this.checkRegistries(),
        clocks: () => this.checkClocks(),
        events: () => this.backlogs.checkEvents(),
        webhooks: () => this.backlogs.checkWebhooks(),
        queue: async () => `queues live in ${this.queues.kind === 'redis' ? 'Redis' : 'PostgreSQL'}`,
        scanner: () => this.scanners.check(),
      }),
    );
  }

  private async checkDatabase(): Promise<string> {
    if (!(await this.database.answers())) throw new DownError('cannot connect to database');
    return 'database is up-to-date';
  }

  private async checkRegistries(): Promise<string | Degraded> {
    const registries = await this.registries.all();
    if (registries.length === 0) throw new DownError('no registry configured');
    const problems = await Promise.all(registries.map((registry) => this.problemOf(registry)));
    const problem = problems.find((one) => one !== null);
    if (problem) throw new DownError(problem);
    // Anybody may ask: what exactly is wrong is for administrators, at the registry.
    const failing = registries.find((registry) => registry.failingSince);
    if (failing) return { degraded: `registry ${failing.name} can not be synchronized`, since: failing.failingSince! };
    return 'registry is reachable';
  }

  private async checkClocks(): Promise<string | Degraded> {
    return clockFinding(await this.registries.all(), new Date());
  }

  private async problemOf(registry: Registry): Promise<string | null> {
    return this.clients
      .of(registry)
      .ping(AbortSignal.timeout(2_500))
      .then(
        () => null,
        () => `registry ${registry.name} is not reachable`,
      );
  }
}

function report(components: Record<string, Component>): HealthReport {
  const status = worstOf(components);
  return { healthy: status !== 'down', status, components };
}
