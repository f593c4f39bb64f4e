import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { hostname, registryName, webhookSecret } from '#domain/registry/registry-input.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import type { Database } from '#persistence/database.js';
import { hashWebhookSecret, RegistriesRepository, RegistryTakenError } from '#persistence/registries.repository.js';
import { uniqueOr422 } from '#persistence/unique-violation.js';
import { reachabilityProblem } from '#registry/reachability.js';
import { RegistryClient } from '#registry/registry-client.js';
import { checked } from './checked.js';

const UNIQUE = {
  registries_name_key: 'name',
  registries_hostname_key: 'hostname',
  registries_external_hostname_key: 'external_hostname',
};
const SECRET_BYTES = 32;

const newRegistry = z.object({
  name: registryName,
  hostname,
  externalHostname: hostname.nullable(),
  useSsl: z.boolean(),
  webhookSecret,
});
export type NewRegistry = z.input<typeof newRegistry>;

/** Random, and good for a header. */
export function newWebhookSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** What an administrator does to registries with the database alone. */
export class RegistrySetup {
  private readonly registries: RegistriesRepository;
  private readonly activities: ActivitiesRepository;

  constructor(database: Database) {
    this.registries = new RegistriesRepository(database);
    this.activities = new ActivitiesRepository(database);
  }

  async list(): Promise<Registry[]> {
    return this.registries.all();
  }

  /** By its name or one of its hostnames; without any the only one there is. Throws `not_found`. */
  async find(which: string | undefined): Promise<Registry> {
    const all = await this.registries.all();
    const [first] = all;
    if (which === undefined && first && all.length === 1) return first;
    const names = all.map(({ name }) => name).join(', ') || 'there is none';
    if (which === undefined) throw new AppError('not_found', `say which registry: ${names}`);
    const found = all.find((one) => [one.name, one.hostname, one.externalHostname].includes(which));
    if (!found) throw new AppError('not_found', `there is no registry ${JSON.stringify(which)}: ${names}`);
    return found;
  }

  /** Throws InvalidError by field, also when it is not reachable and `mustAnswer`. */
  async create(by: By, input: NewRegistry, mustAnswer: boolean): Promise<Registry> {
    const row = checked(newRegistry, input);
    if (mustAnswer) {
      const problem = await reachability(row.hostname, row.useSsl);
      if (problem !== null) throw new InvalidError({ hostname: [problem] });
    }
    const told = (id: number) =>
      ({
        key: 'registry.create',
        subjectType: 'registry',
        subjectId: id,
        subjectName: row.name,
        details: { hostname: row.hostname, externalHostname: row.externalHostname, useSsl: row.useSsl },
      }) as const;
    return own(() => this.registries.create(row, (sql, id) => this.activities.record(by, told(id), sql)));
  }

  /** Whether the registry's notifications may carry this secret. */
  knows(registry: Registry, secret: string): boolean {
    const hash = hashWebhookSecret(secret);
    const { webhookSecretHash, webhookSecretPreviousHash } = registry;
    return [webhookSecretHash, webhookSecretPreviousHash].some((known) => known?.equals(hash) ?? false);
  }

  /** A new secret beside the present one, which stays valid. Throws `conflict` while a former one is. */
  async rotateSecret(by: By, registry: Registry): Promise<string> {
    const secret = newWebhookSecret();
    const outcome = await this.registries.rotateSecret(registry.id, secret);
    if (outcome === 'former in use') {
      throw new AppError(
        'conflict',
        `a former secret of ${registry.name} is still valid: end it first (DELETE /api/v1/registries/${registry.id}/former_secret)`,
      );
    }
    const { id: subjectId, name: subjectName } = registry;
    await this.activities.record(by, {
      key: 'registry.rotate_secret',
      subjectType: 'registry',
      subjectId,
      subjectName,
    });
    return secret;
  }
}

async function reachability(host: string, useSsl: boolean): Promise<string | null> {
  const tokenFor = () => Promise.reject(new Error('a registry that is not known yet gets no token'));
  const baseUrl = `${useSsl ? 'https' : 'http'}://${host}`;
  return reachabilityProblem(() => new RegistryClient({ baseUrl, tokenFor, maxRetries: 0 }));
}

async function own<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await uniqueOr422(UNIQUE, work);
  } catch (error) {
    if (!(error instanceof RegistryTakenError)) throw error;
    throw new InvalidError({ [error.field]: ['has already been taken'] });
  }
}
