import type { Registry } from '#domain/registry/registry.entity.js';
import { isUnavailable } from '#persistence/connection-errors.js';
import type { ConfigFacts } from '#domain/manifest/manifest-facts.js';
import { NO_CONFIG, parseImageConfig } from '#domain/manifest/parse-manifest.js';
import type { ConfigsRepository, DueConfig, ReadConfig } from '#persistence/configs.repository.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { DrainLog } from './registry-drain.js';
import { inParallel } from './in-parallel.js';
import type { RegistryClients } from './registry-clients.js';
import { WorkLoop } from './work-loop.js';

/** Config blobs are small; a larger one tells us nothing that we need. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;
const BATCH = 64;
/** What was not answered, or not finished, is asked for again after so many seconds. */
const AGAIN_SECONDS = 60;
/** While the catalog itself is being read, a configuration waits so many seconds, and is then read one at a time. */
const PATIENCE_SECONDS = 5;
const READERS = 4;
/** One that does not come within this time is asked for later: a registry that hangs must not keep the others waiting. */
const READ_MS = 10_000;

/** Whether the registries are being read for the catalog now. */
export interface Busy {
  readonly isReading: boolean;
}

/**
 * Reads the configurations of images that are in the catalog already: platform, date and labels. A config blob costs a
 * registry more than a manifest does, and tells nothing about what exists; so it never keeps a tag from being seen.
 */
export class ConfigDrain {
  private readonly loop = new WorkLoop((signal) => this.round(signal));

  constructor(
    private readonly configs: ConfigsRepository,
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
    private readonly catalog: Busy,
    private readonly log: DrainLog,
    private readonly readMs: number = READ_MS,
  ) {}

  /** Reads what is due. Resolves when nothing was left, or nothing was answered. */
  async ring(): Promise<void> {
    await this.loop.ring();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async round(signal: AbortSignal): Promise<boolean> {
    const waited = this.catalog.isReading ? PATIENCE_SECONDS : 0;
    const due = await this.configs.take(BATCH, waited, AGAIN_SECONDS);
    const read = await this.readAll(due, signal);
    await this.settle(read);
    return read.length > 0;
  }

  private async readAll(due: DueConfig[], signal: AbortSignal): Promise<ReadConfig[]> {
    const read: ReadConfig[] = [];
    const registries = new Map<number, Registry | null>();
    const silent = new Set<number>();
    for (const { registryId } of due)
      if (!registries.has(registryId)) registries.set(registryId, await this.registries.find(registryId));
    await inParallel(due, this.catalog.isReading ? 1 : READERS, async (one) => {
      const registry = registries.get(one.registryId);
      if (!registry || signal.aborted || silent.has(registry.id)) return;
      const facts = await this.read(registry, one, signal);
      if (facts === 'late') silent.add(registry.id);
      else if (facts) read.push({ manifestId: one.manifestId, facts });
    });
    return read;
  }

  /** null: to be asked again; late: and so are the others there. One that is gone, too large or broken leaves the image without platform. */
  private async read(
    registry: Registry,
    { repository, digest }: DueConfig,
    signal: AbortSignal,
  ): Promise<ConfigFacts | 'late' | null> {
    const late = AbortSignal.timeout(this.readMs);
    try {
      const options = { maxBytes: MAX_CONFIG_BYTES, signal: AbortSignal.any([signal, late]) };
      return parseImageConfig(await this.clients.of(registry).blob(repository, digest, options));
    } catch (error) {
      if (signal.aborted) return null;
      if (late.aborted) return 'late';
      if (!(error instanceof RegistryError)) throw error;
      this.log.warn({ registryId: registry.id, repository, error: error.message }, 'a configuration was not read');
      return error.temporary ? null : NO_CONFIG;
    }
  }

  /** What can not be stored together is stored one by one, and what can not be stored at all tells nothing. */
  private async settle(read: ReadConfig[]): Promise<void> {
    try {
      await this.configs.settle(read);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      for (const one of read)
        await this.configs
          .settle([one])
          .catch(() => this.configs.settle([{ manifestId: one.manifestId, facts: NO_CONFIG }]));
    }
  }
}
