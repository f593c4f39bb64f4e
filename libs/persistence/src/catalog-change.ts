import type { ManifestFacts } from '#domain/manifest/manifest-facts.js';
import type { Plan } from '#domain/sync/plan-sync.js';
import type { OvertakenPush } from '#domain/tag/overtaken-pushes.js';
import type { RepositoryKey } from './lease.repository.js';

/** What one look at a repository changes. */
export interface CatalogChange extends RepositoryKey {
  /** As loaded under the same lease; null: it was not there. Applying fails when it is gone since. */
  repositoryId: number | null;
  plan: Plan;
  /** Manifests that were read and are not stored yet. */
  manifests: ManifestFacts[];
  /** Digests of stored manifests whose deletion was announced and that the registry denies. */
  gone: readonly string[];
  /** What tags had for a moment only; for their history. */
  overtaken: readonly OvertakenPush[];
  learnedFrom: 'event' | 'sync';
  /** Removals that a run decided on: they are kept as they were, to be brought back. */
  restorable: { runId: number; names: readonly string[] } | null;
  /** As of when the look proved that names, and digests, are equal; null: it did not. */
  proves: { names: Date | null; digests: Date | null };
}

/** A change of a repository that has a row. */
export interface StoredChange extends CatalogChange {
  repositoryId: number;
}
