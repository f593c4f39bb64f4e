import type { Registry } from '#domain/registry/registry.entity.js';
import type { Difference } from '#domain/sync/differences.js';
import type { SyncBatchesRepository } from '#persistence/sync-batches.repository.js';
import type { ClaimedRun } from '#persistence/sync-runs.repository.js';
import type { RegistryClients } from './registry-clients.js';

/** Somebody else leads the run now, or nobody does any more. */
export class LostRunError extends Error {
  override readonly name = 'LostRunError';
}

/** Pages a registry's catalog into batches. Every page is stored with its place, so that a killed listing goes on. */
export class SyncLister {
  constructor(
    private readonly batches: SyncBatchesRepository,
    private readonly clients: RegistryClients,
  ) {}

  /** Lists what is left to be listed. Throws RegistryError, {@link LostRunError}, or the signal's reason. */
  async list(run: ClaimedRun, registry: Registry, holder: string, signal: AbortSignal): Promise<void> {
    const skip = await this.batches.begin(run.id, registry.id, run.mode === 'deep');
    if (run.stage !== 'listing') return;
    // Without a place to go on at, and with names, the last page was stored before.
    if (run.cursor !== null || run.listed === 0) await this.pages(run, registry, holder, skip, signal);
    const ours = await this.batches.endListing({ id: run.id, holder, registryId: registry.id });
    if (!ours) throw new LostRunError('the run is led by another worker, or was cancelled');
  }

  private async pages(
    run: ClaimedRun,
    registry: Registry,
    holder: string,
    skip: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<void> {
    const from = run.cursor === null ? {} : { last: run.cursor };
    for await (const page of this.clients.of(registry).catalog({ ...from, signal })) {
      const ours = await this.batches.addPage(
        { id: run.id, holder },
        { names: page.repositories, skip, cursor: page.next, illegal: page.invalid.map(illegal) },
      );
      if (!ours) throw new LostRunError('the run is led by another worker, or was cancelled');
    }
  }
}

function illegal(name: string): Difference {
  return {
    repository: name,
    tag: null,
    kind: 'illegal_name',
    state: 'open',
    storedDigest: null,
    registryDigest: null,
    reason: 'the registry lists a repository whose name is none',
  };
}
