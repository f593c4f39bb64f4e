import type { Registry } from '#domain/registry/registry.entity.js';
import type { Database } from '#persistence/database.js';
import type { Settings } from '#platform/config/settings.js';
import type { KeyRing } from '#tokens/key-ring.js';
import { checkAccount, checkKeys, checkQueues, checkSchema } from './check-portus.js';
import { checkRegistry, type RegistryCheckOptions } from './check-registry.js';
import type { Finding } from './finding.js';
import { RegistryProbe } from './registry-probe.js';

export interface DoctorParts {
  settings: Settings;
  keys: KeyRing;
  database: Database;
}

/** Portus itself. Without its schema nothing else can be looked at. */
export async function examinePortus({ settings, keys, database }: DoctorParts): Promise<Finding[]> {
  const early = [...checkKeys(keys, new Date()), ...(await checkSchema(database))];
  if (early.some(({ check, state }) => check === 'schema' && state === 'wrong')) return early;
  return [...early, ...(await checkAccount(settings, database)), ...(await checkQueues(settings, database))];
}

/** One registry, as it stands to Portus. */
export async function examineRegistry(
  { settings, keys, database }: DoctorParts,
  registry: Registry,
  options: Omit<RegistryCheckOptions, 'database'>,
): Promise<Finding[]> {
  const probe = new RegistryProbe(registry, keys.signing, settings.machineFqdn);
  return checkRegistry(probe, { ...options, database });
}
