import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ensureServiceAccount } from '#administration/service-account.js';
import { AppError } from '#domain/errors/app-error.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { Identity } from '#identity/identity.js';
import { RegistriesRepository, RegistryTakenError } from '#persistence/registries.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';

const UNIQUE_VIOLATION = '23505';

/**
 * Makes what a first start needs and is not there yet: the service account, the first administrator, the first
 * registry. Runs at every start, in every replica; who comes second finds it done.
 */
@Injectable()
export class BootstrapService implements OnApplicationBootstrap {
  constructor(
    private readonly users: UsersRepository,
    private readonly registries: RegistriesRepository,
    private readonly identity: Identity,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.ensureServiceAccount();
    await this.ensureRegistry();
    await this.ensureAdmin();
    await this.warnOfClaim();
  }

  /** A site that is nobody's yet is whoever's who comes first. */
  private async warnOfClaim(): Promise<void> {
    const { firstUserAdmin, firstUserAdminSecret, firstUserAdminWindow: minutes } = this.settings;
    if (!firstUserAdmin || firstUserAdminSecret !== null || (await this.users.hasAdmin())) return;
    this.logger.warn({ minutes }, 'nobody administers this Portus yet: the first one to sign up within that time will');
  }

  /** Its password follows the environment. */
  private async ensureServiceAccount(): Promise<void> {
    try {
      await ensureServiceAccount(this.users, this.identity, this.settings.servicePassword);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.logger.error({ error: error.message }, 'there is no service account');
    }
  }

  private async ensureAdmin(): Promise<void> {
    const { initAdminUsername, initAdminPassword } = this.settings;
    if (initAdminPassword === null || (await this.users.hasAdmin())) return;
    if (await this.createAdmin(initAdminUsername, initAdminPassword)) {
      this.logger.info({ username: initAdminUsername }, 'the first administrator was made');
    } else {
      this.logger.warn({ username: initAdminUsername }, 'no administrator was made: the name is somebody’s already');
    }
  }

  /** False when there was such a name already. */
  private async createAdmin(username: string, password: string): Promise<boolean> {
    const passwordHash = await this.identity.hashPassword(password);
    const input = { username, email: null, passwordHash, displayName: null, admin: true, bot: false, service: false };
    return ignoreExisting(() => this.users.create(input));
  }

  /** Not checked for reachability: at a first start the registry may well come up after us. */
  private async ensureRegistry(): Promise<void> {
    const settings = this.settings;
    if (settings.initRegistryHostname === null) return;
    const known = await this.registries.all();
    if (known.length === 0) {
      const input = {
        name: settings.initRegistryName,
        hostname: settings.initRegistryHostname,
        externalHostname: settings.initRegistryExternalHostname,
        useSsl: settings.initRegistryUseSsl,
        webhookSecret: settings.initRegistryWebhookSecret,
        unsignedEvents: settings.initRegistryUnsignedEvents,
      };
      const made = await ignoreExisting(() => this.registries.create(input));
      if (made) this.logger.info({ hostname: input.hostname }, 'the first registry was made');
      return;
    }
    const mine =
      known.find((registry) => registry.hostname === settings.initRegistryHostname) ??
      (await this.followMove(known, settings.initRegistryHostname));
    if (mine && settings.initRegistryWebhookSecret !== null) {
      await this.followSecret(mine, settings.initRegistryWebhookSecret);
    }
  }

  private async followSecret(registry: Registry, secret: string): Promise<void> {
    try {
      await this.registries.update(registry.id, { webhookSecret: secret });
    } catch (error) {
      if (!(error instanceof RegistryTakenError)) throw error;
      const { name } = registry;
      this.logger.error({ name }, 'its webhook secret is another registry’s too: PORTUS_INIT_REGISTRY_WEBHOOK_SECRET');
    }
  }

  /** The registry of that name at another address is the same one, moved (`npm start` on another port); its content stays. */
  private async followMove(known: Registry[], hostname: string): Promise<Registry | null> {
    const moved = known.find((registry) => registry.name === this.settings.initRegistryName);
    if (moved === undefined) return null;
    this.logger.warn({ name: moved.name, from: moved.hostname, to: hostname }, 'the first registry has moved');
    try {
      return await this.registries.update(moved.id, { hostname });
    } catch (error) {
      if (!(error instanceof RegistryTakenError)) throw error;
      this.logger.error(
        { name: moved.name, hostname },
        'that is a name of another registry: the move was not followed',
      );
      return null;
    }
  }
}

/** False when another one was first. */
async function ignoreExisting(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    return false;
  }
}
