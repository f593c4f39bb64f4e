import { DeletionRunner } from '#catalog/deletion-runner.js';
import { OwnChanges } from '#catalog/own-changes.js';
import { recordGone } from '#catalog/record-gone.js';
import { RepositoryRemover } from '#catalog/repository-remover.js';
import { TagRemover } from '#catalog/tag-remover.js';
import { ActivitiesRepository } from '#persistence/activities.repository.js';
import { DeletionWorkRepository } from '#persistence/deletion-work.repository.js';
import { ManifestsRepository } from '#persistence/manifests.repository.js';
import type { RuleInput } from '#persistence/retention-rules.repository.js';
import { buildImage } from '../factories/image.js';
import type { CatalogBench } from './catalog-bench.js';

export const digestOf = (seed: string): string => buildImage({ seed }).manifest.digest;

/** What one worker deletes with. */
export function deletionRunner(bench: CatalogBench): DeletionRunner {
  const { sql } = bench.database;
  const own = new OwnChanges(bench.inbox, bench.reconciler());
  const tags = new TagRemover(bench.clients, bench.catalog, new ManifestsRepository(sql), own);
  const repositories = new RepositoryRemover(bench.clients, bench.catalog, own);
  const activities = new ActivitiesRepository(sql);
  const work = new DeletionWorkRepository(sql);
  return new DeletionRunner(work, bench.registries, bench.clients, tags, repositories, (deletion, item, within) =>
    recordGone(work, activities, deletion, item, within),
  );
}

/** Waits for a registry that gave no answer are over. */
export const hurryDeletions = (bench: CatalogBench) =>
  bench.database.sql.query('UPDATE deletions SET expires_at = NULL');

/** Of the namespace that the tests use. */
export const teamNamespace = (bench: CatalogBench) =>
  bench.database.value<number>(`SELECT id FROM namespaces WHERE name = 'team'`);

/** A rule of retention that drops nothing yet. */
export const rule = (more: Partial<RuleInput>): RuleInput => ({
  name: 'rule',
  action: 'drop',
  enabled: true,
  repositoryPattern: '*',
  tagPattern: '*',
  olderThan: null,
  notPulledFor: null,
  keepLatest: null,
  ...more,
});
