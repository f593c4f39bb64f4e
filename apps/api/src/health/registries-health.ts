import { Injectable } from '@nestjs/common';
import { RegistryClients } from '#catalog/registry-clients.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { type Degraded, DownError, type HealthCheck } from '#platform/health/check-health.js';
import { atMost } from '#platform/lifecycle/at-most.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import { clockFinding } from './clock-finding.js';

/** The components of one look around share one look at the registries, milliseconds. */
const SHARED_MS = 1_000;
const PING_MS = 2_000;
/** Their own components are left out when they are not known by then, milliseconds. */
const PATIENCE_MS = 3_000;
/** Registries that have a component of their own. */
const MAX_SHOWN = 100;

interface Sight {
  registry: Registry;
  reachable: boolean;
}

/** How the registries are. Anybody may ask: addresses, and what exactly is wrong, are for administrators. */
@Injectable()
export class RegistriesHealth {
  private readonly sights = new SharedResult(SHARED_MS, () => this.look());

  constructor(
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
  ) {}

  /** All of them in one word, as Portus has it. */
  async check(): Promise<string | Degraded> {
    const sights = await this.sights.get();
    if (sights.length === 0) throw new DownError('no registry configured');
    const away = sights.find(({ reachable }) => !reachable);
    if (away) throw new DownError(`registry ${away.registry.name} is not reachable`);
    const failing = sights.map(({ registry }) => registry).find(({ failingSince }) => failingSince);
    if (failing) return { degraded: `registry ${failing.name} can not be synchronized`, since: failing.failingSince! };
    return 'registry is reachable';
  }

  async checkClocks(): Promise<string | Degraded> {
    return clockFinding(await this.registries.all(), new Date());
  }

  /** A check for each registry by itself. None while they are not known. */
  async checks(): Promise<Record<string, HealthCheck>> {
    const look = this.sights.get().catch(() => []);
    const sights = (await atMost(PATIENCE_MS, look)) ? await look : [];
    const named = sights
      .slice(0, MAX_SHOWN)
      .map((sight) => [`registry:${sight.registry.name}`, async () => told(sight)]);
    return Object.fromEntries(named) as Record<string, HealthCheck>;
  }

  private async look(): Promise<Sight[]> {
    const registries = await this.registries.all();
    return Promise.all(registries.map(async (registry) => ({ registry, reachable: await this.isReachable(registry) })));
  }

  private isReachable(registry: Registry): Promise<boolean> {
    const answer = this.clients.of(registry).ping(AbortSignal.timeout(PING_MS));
    return answer.then(
      () => true,
      () => false,
    );
  }
}

/** What is known of one registry, in a sentence. */
function told({ registry, reachable }: Sight): string | Degraded {
  const clock = clockFinding([registry], new Date());
  const facts = [
    registry.heardAt === null
      ? 'no notification came yet'
      : `the last notification came at ${minute(registry.heardAt)}`,
    registry.namesEqualAt === null
      ? 'never proved equal yet'
      : `equal as of ${minute(registry.namesEqualAt)} (names), ${registry.digestsEqualAt ? minute(registry.digestsEqualAt) : 'never'} (digests)`,
    ...(registry.clockAheadMs === null ? [] : [`its clock is ${Math.round(registry.clockAheadMs / 1000)} s ahead`]),
  ].join('; ');
  if (!reachable) throw new DownError(`not reachable; ${facts}`, registry.failingSince);
  if (registry.failingSince) return { degraded: `can not be synchronized; ${facts}`, since: registry.failingSince };
  return typeof clock === 'string' ? `reachable; ${facts}` : { degraded: `reachable, with a wrong clock; ${facts}` };
}

const minute = (date: Date): string => `${date.toISOString().slice(0, 16)}Z`;
