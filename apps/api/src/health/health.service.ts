import { Inject, Injectable } from '@nestjs/common';
import { RegistryClients } from '#catalog/registry-clients.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { Database } from '#persistence/database.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import { type Component, checkHealth } from '#platform/health/check-health.js';
import type { QueueConnections } from '#queues/queue-backend.js';
import { QUEUE_CONNECTIONS } from '#queues/queues.module.js';

/** Anybody may ask how the house is; it is looked at once in this time, milliseconds. */
const SHARED_MS = 2_000;

export interface HealthReport {
  healthy: boolean;
  components: Record<string, Component>;
}

@Injectable()
export class HealthService {
  private readonly shared = new SharedResult(SHARED_MS, () => this.lookAround());

  constructor(
    private readonly database: Database,
    private readonly inbox: InboxRepository,
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
    @Inject(QUEUE_CONNECTIONS) private readonly queues: QueueConnections,
  ) {}

  /** Whether this api can do its work: it needs the database and nothing else. */
  async readiness(): Promise<HealthReport> {
    return report(await checkHealth({ database: () => this.checkDatabase() }));
  }

  /** The whole house, as `GET /api/v1/health` of Portus shows it. */
  async components(): Promise<HealthReport> {
    return this.shared.get();
  }

  private async lookAround(): Promise<HealthReport> {
    return report(
      await checkHealth({
        database: () => this.checkDatabase(),
        registry: () => this.checkRegistries(),
        events: () => this.checkBacklog(),
        queue: async () => `queues live in ${this.queues.kind === 'redis' ? 'Redis' : 'PostgreSQL'}`,
        scanner: async () => 'no scanner configured; images are not scanned',
      }),
    );
  }

  private async checkDatabase(): Promise<string> {
    await this.database.query('SELECT 1').catch(() => {
      throw new Error('cannot connect to database');
    });
    return 'database is up-to-date';
  }

  private async checkRegistries(): Promise<string> {
    const registries = await this.registries.all();
    if (registries.length === 0) throw new Error('no registry configured');
    const problems = await Promise.all(registries.map((registry) => this.problemOf(registry)));
    const problem = problems.find((one) => one !== null);
    if (problem) throw new Error(problem);
    return 'registry is reachable';
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

  private async checkBacklog(): Promise<string> {
    const { waiting, oldestSeconds } = await this.inbox.backlog();
    return waiting === 0
      ? 'no notification waits'
      : `${waiting} notifications wait, the oldest for ${Math.round(oldestSeconds)} s`;
  }
}

function report(components: Record<string, Component>): HealthReport {
  return { healthy: Object.values(components).every((component) => component.success), components };
}
