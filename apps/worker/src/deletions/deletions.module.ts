import { type FactoryProvider, Module } from '@nestjs/common';
import { ChangesModule } from '#catalog/changes.module.js';
import { DeletionRunner } from '#catalog/deletion-runner.js';
import { recordGone } from '#catalog/record-gone.js';
import { RegistryClients } from '#catalog/registry-clients.js';
import { RepositoryRemover } from '#catalog/repository-remover.js';
import { TagAlarms } from '#catalog/tag-alarms.js';
import { TagRemover } from '#catalog/tag-remover.js';
import { ActivitiesRepository } from '#persistence/activities.repository.js';
import { DeletionWorkRepository } from '#persistence/deletion-work.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { TagAlarmsRepository } from '#persistence/tag-alarms.repository.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { DeletionSchedule } from './deletion-schedule.js';

const runner: FactoryProvider = {
  provide: DeletionRunner,
  inject: [
    DeletionWorkRepository,
    RegistriesRepository,
    RegistryClients,
    TagRemover,
    RepositoryRemover,
    ActivitiesRepository,
  ],
  useFactory: (
    work: DeletionWorkRepository,
    registries: RegistriesRepository,
    clients: RegistryClients,
    tags: TagRemover,
    repositories: RepositoryRemover,
    activities: ActivitiesRepository,
  ) =>
    new DeletionRunner(work, registries, clients, tags, repositories, (deletion, item, sql) =>
      recordGone(work, activities, deletion, item, sql),
    ),
};

const alarms: FactoryProvider = {
  provide: TagAlarms,
  inject: [TagAlarmsRepository, ActivitiesRepository, LOGGER, Metrics],
  useFactory: (repository: TagAlarmsRepository, activities: ActivitiesRepository, log: Logger, metrics: Metrics) => {
    const help = 'Moves and removals of immutable tags that were seen.';
    const count = metrics.counter({ name: 'portus_immutable_tags_changed_total', help, labels: {} });
    return new TagAlarms(repository, activities, log, count.of({}));
  },
};

/** Deletions and retention, done by workers. */
@Module({ imports: [ChangesModule], providers: [runner, alarms, DeletionSchedule] })
export class DeletionsModule {}
