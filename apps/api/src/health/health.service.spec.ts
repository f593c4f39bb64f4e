import { describe, expect, it } from 'vitest';
import { DownError } from '#platform/health/check-health.js';
import { HealthService } from './health.service.js';

describe(HealthService.name, () => {
  it('looks around once for a storm of requests', async () => {
    let looks = 0;
    const look = async () => `look ${++looks}`;
    const sut = new HealthService({
      fixed: () => ({ one: look }),
      ofRegistries: async () => ({}),
      readiness: () => ({ tokens: look }),
    } as never);
    await Promise.all(Array.from({ length: 1_000 }, () => sut.components()));
    expect(looks).toBe(1);
    await Promise.all(Array.from({ length: 1_000 }, () => sut.readiness()));
    expect(looks).toBe(2);
  });

  it('is ready while pulls are served without the database, and not when nothing is', async () => {
    const down = async () => Promise.reject(new DownError('away'));
    const degraded = async () => ({ degraded: 'pulls only' });
    const sut = (tokens: () => Promise<unknown>) =>
      new HealthService({ readiness: () => ({ database: down, tokens }) } as never);
    expect(await sut(degraded).readiness()).toMatchObject({ healthy: true, status: 'degraded' });
    expect(await sut(down).readiness()).toMatchObject({ healthy: false, status: 'down' });
  });
});
