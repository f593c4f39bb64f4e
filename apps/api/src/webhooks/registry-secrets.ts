import { timingSafeEqual } from 'node:crypto';
import { atMost } from '#platform/lifecycle/at-most.js';
import { hashWebhookSecret, type RegistriesRepository } from '#persistence/registries.repository.js';

interface Known {
  registryId: number;
  hashes: Buffer[];
}

/** An older picture is replaced in the background; an unknown secret asks at once, but not more often than that. */
const FRESH_MS = 5_000;
const RETRY_MS = 500;
/** A withdrawn secret may still be served from a picture of this age at most, unless the database can not tell in time. */
const STALE_MS = 60_000;
const SHORT_PATIENCE_MS = 500;
/** A database that hangs keeps nobody waiting for longer. */
const PATIENCE_MS = 2_000;

/** Tells which registry speaks, by the secret of its notifications. */
export class RegistrySecrets {
  private known: Known[] = [];
  /** The one registry whose notifications may come without a secret. */
  private unsigned: number | null = null;
  private loadedAt = -Infinity;
  private loading: Promise<void> | null = null;

  constructor(private readonly registries: Pick<RegistriesRepository, 'webhookSecrets'>) {}

  /**
   * The registry whose secret (present or former) this is; without the header the one that may speak so. Null when it is
   * nobody's: also a wrong header where none is needed. Throws when that can't be known.
   */
  async registryOf(authorization: string | undefined): Promise<number | null> {
    if (authorization === undefined) return this.look(() => this.unsigned);
    const secret = /^Bearer\s+(\S{1,512})$/i.exec(authorization)?.[1];
    if (secret === undefined) return null;
    const hash = hashWebhookSecret(secret);
    return this.look(() => this.match(hash));
  }

  private async look(find: () => number | null): Promise<number | null> {
    const age = Date.now() - this.loadedAt;
    const found = find();
    if (found !== null) {
      if (age < FRESH_MS) return found;
      // What is known serves also while the database is away; a withdrawn secret ends with the next good load.
      const loaded = this.load().catch(() => undefined);
      if (age < STALE_MS) return found;
      await atMost(SHORT_PATIENCE_MS, loaded);
      return find();
    }
    if (age >= RETRY_MS && !(await atMost(PATIENCE_MS, this.load()))) throw new Error('the database does not answer');
    return find();
  }

  /** Compares with every secret in constant time. */
  private match(hash: Buffer): number | null {
    let found: number | null = null;
    for (const { registryId, hashes } of this.known) {
      for (const one of hashes) if (timingSafeEqual(one, hash)) found = registryId;
    }
    return found;
  }

  private async load(): Promise<void> {
    this.loading ??= this.reload().finally(() => {
      this.loading = null;
    });
    await this.loading;
  }

  private async reload(): Promise<void> {
    const registries = await this.registries.webhookSecrets();
    this.known = registries.map(({ id, hash, previousHash }) => ({
      registryId: id,
      hashes: [hash, previousHash].filter((one) => one !== null),
    }));
    this.unsigned = registries.find(({ unsigned }) => unsigned)?.id ?? null;
    this.loadedAt = Date.now();
  }
}
