import type { RemovedTagsRepository } from '#persistence/removed-tags.repository.js';
import { BatchWorker, type SyncLog, type WorkSettings } from './batch-worker.js';
import type { Reconciler } from './reconciler.js';
import type { RegistryClients } from './registry-clients.js';
import { type LeaderParts, type LeadSettings, RunLeader } from './run-leader.js';
import { SyncLister } from './sync-lister.js';
import { SyncRunner } from './sync-runner.js';

export interface SyncParts extends Omit<LeaderParts, 'lister' | 'worker'> {
  removed: RemovedTagsRepository;
  reconciler: Reconciler;
  clients: RegistryClients;
}

export type SyncSettings = WorkSettings & LeadSettings;

/** Puts together what one worker needs for syncs. */
export function makeSyncRunner(parts: SyncParts, settings: SyncSettings, log: SyncLog): SyncRunner {
  const { runs, batches, plans, registries } = parts;
  const worker = new BatchWorker(batches, parts.removed, parts.reconciler, settings, log);
  const lister = new SyncLister(batches, parts.clients);
  const leader = new RunLeader({ runs, batches, plans, registries, lister, worker }, settings, log);
  return new SyncRunner(runs, batches, registries, leader, worker, log);
}
