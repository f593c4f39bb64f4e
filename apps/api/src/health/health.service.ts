import { Injectable } from '@nestjs/common';
import { type Component, checkHealth, type HealthStatus, worstOf } from '#platform/health/check-health.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import { HouseChecks } from './house-checks.js';

/** Anybody may ask how the house is; it is looked at once in this time, milliseconds. */
const SHARED_MS = 2_000;
/** Load balancers ask often, and are to know soon. */
const READINESS_MS = 500;

export interface HealthReport {
  /** Whether this is a 200. */
  healthy: boolean;
  /** The worst of the components, in one word. */
  status: HealthStatus;
  components: Record<string, Component>;
}

@Injectable()
export class HealthService {
  private readonly ready: SharedResult<HealthReport>;
  private readonly whole: SharedResult<HealthReport>;

  constructor(checks: HouseChecks) {
    this.ready = new SharedResult(READINESS_MS, async () => {
      const components = await checkHealth(checks.readiness());
      const { status } = components.tokens;
      return { healthy: status !== 'down', status, components };
    });
    this.whole = new SharedResult(SHARED_MS, async () => {
      const registries = checks.ofRegistries().then(checkHealth);
      const components = { ...(await checkHealth(checks.fixed())), ...(await registries) };
      const status = worstOf(components);
      return { healthy: status !== 'down', status, components };
    });
  }

  /**
   * Whether requests should be sent here. It needs the database and nothing else; while that is away it is degraded as
   * long as it can serve pulls: a load balancer that takes it out then would stop them for nothing.
   */
  async readiness(): Promise<HealthReport> {
    return this.ready.get();
  }

  /** The whole house, as `GET /api/v1/health` of Portus shows it. */
  async components(): Promise<HealthReport> {
    return this.whole.get();
  }
}
