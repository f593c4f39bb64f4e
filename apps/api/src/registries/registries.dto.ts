import { z } from 'zod';
import { judgeClocks } from '#domain/registry/judge-clocks.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { hostname, registryName as name, webhookSecret as secret } from '#domain/registry/registry-input.js';
import { SYNC_STRATEGIES } from '#domain/sync/strategy.js';

/** null: that of the settings. */
const strategy = z.enum(SYNC_STRATEGIES).nullable();
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);

const force = flag.default(false).meta({ description: 'Also one that does not answer now.' });
const SECRET_STATES = ['none', 'set', 'rotating'] as const;
/** What `GET` shows instead of a secret changes nothing. */
const newSecret = z.union([z.enum(SECRET_STATES).transform(() => undefined), secret]);

export const registryBody = z
  .object({
    registry: z.object({
      name,
      hostname,
      use_ssl: flag,
      external_hostname: hostname.nullish(),
      webhook_secret: secret.nullish(),
      unsigned_events: flag.optional(),
      sync_strategy: strategy.optional(),
    }),
    force,
  })
  .meta({ id: 'RegistryInput' });
export type RegistryBody = z.output<typeof registryBody>['registry'];

export const registryChanges = z
  .object({
    registry: z
      .object({
        name,
        hostname,
        use_ssl: flag,
        external_hostname: hostname.nullable(),
        webhook_secret: newSecret,
        unsigned_events: flag,
        sync_strategy: strategy,
      })
      .partial(),
    force,
  })
  .meta({ id: 'RegistryChanges' });
export type RegistryChanges = z.output<typeof registryChanges>['registry'];

const CHECKS = ['name', 'hostname', 'use_ssl', 'external_hostname'] as const;

export const registryValidation = z.object({
  name: z.string().max(255).default(''),
  hostname: z.string().max(255).default(''),
  use_ssl: flag.default(false),
  external_hostname: z.string().max(255).optional(),
  only: z.union([z.enum(CHECKS), z.array(z.enum(CHECKS))]).optional(),
  'only[]': z.union([z.enum(CHECKS), z.array(z.enum(CHECKS))]).optional(),
});
export type RegistryValidation = z.output<typeof registryValidation>;

export const hostnameSchema = hostname;

export const registryView = z
  .object({
    id: z.number(),
    name: z.string(),
    hostname: z.string(),
    external_hostname: z.string().nullable(),
    use_ssl: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
    names_equal_at: z.string().nullable(),
    digests_equal_at: z.string().nullable(),
    webhook_secret: z.enum(SECRET_STATES),
    unsigned_events: z.boolean(),
    sync_strategy: strategy,
    clock: z
      .object({
        ahead_seconds: z.number(),
        database_ahead_seconds: z.number(),
        off: z.enum(['none', 'registry', 'portus', 'unknown']),
        measured_at: z.string(),
      })
      .nullable(),
    problem: z.object({ code: z.string(), message: z.string(), since: z.string() }).nullable(),
  })
  .meta({ id: 'Registry' });

/** Portus's representation, and since when the catalog is known to be equal. Secrets are never returned. */
export function viewRegistry(registry: Registry): z.output<typeof registryView> {
  return {
    id: registry.id,
    name: registry.name,
    hostname: registry.hostname,
    external_hostname: registry.externalHostname,
    use_ssl: registry.useSsl,
    created_at: registry.createdAt.toISOString(),
    updated_at: registry.updatedAt.toISOString(),
    names_equal_at: registry.namesEqualAt?.toISOString() ?? null,
    digests_equal_at: registry.digestsEqualAt?.toISOString() ?? null,
    webhook_secret: secretState(registry),
    unsigned_events: registry.unsignedEvents,
    sync_strategy: registry.syncStrategy,
    clock: clockOf(registry),
    problem: problemOf(registry),
  };
}

/** Its clock and the database's, as seen from Portus's when it was last measured; null: it never answered. */
function clockOf(registry: Registry): z.output<typeof registryView>['clock'] {
  const { clockAheadMs, clockDatabaseAheadMs, clockMeasuredAt } = registry;
  if (clockAheadMs === null || clockMeasuredAt === null) return null;
  const clocks = { registryAheadMs: clockAheadMs, databaseAheadMs: clockDatabaseAheadMs ?? 0 };
  return {
    ahead_seconds: clockAheadMs / 1000,
    database_ahead_seconds: clocks.databaseAheadMs / 1000,
    off: judgeClocks(clocks),
    measured_at: clockMeasuredAt.toISOString(),
  };
}

/** Why syncs can not read it, or not all of it, and since when; null: nothing is known to be wrong. */
function problemOf(registry: Registry): z.output<typeof registryView>['problem'] {
  if (registry.failingSince === null) return null;
  const { lastErrorCode, lastError, failingSince } = registry;
  return { code: lastErrorCode ?? 'UNKNOWN', message: lastError ?? '', since: failingSince.toISOString() };
}

/** rotating: a former secret is valid beside the present one. */
function secretState(registry: Registry): z.output<typeof registryView>['webhook_secret'] {
  if (registry.webhookSecretPreviousHash !== null) return 'rotating';
  return registry.webhookSecretHash === null ? 'none' : 'set';
}

export const rotatedSecret = z.object({ webhook_secret: z.string() }).meta({ id: 'WebhookSecret' });

export const reachabilityView = z
  .object({ reachable: z.boolean(), message: z.string().nullable().meta({ description: 'Why not.' }) })
  .meta({ id: 'Reachability' });
