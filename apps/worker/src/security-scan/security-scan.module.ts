import { type FactoryProvider, Module } from '@nestjs/common';
import { recordNewFindings } from '#catalog/new-findings.js';
import { Reconciler } from '#catalog/reconciler.js';
import { RegistryClients } from '#catalog/registry-clients.js';
import { ScanDrain } from '#catalog/scan-drain.js';
import { SCAN_ENDS } from '#catalog/scan-runner.js';
import { ActivitiesRepository } from '#persistence/activities.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { ScanPlansRepository } from '#persistence/scan-plans.repository.js';
import { ScanQueueRepository } from '#persistence/scan-queue.repository.js';
import { ScanVerdictsRepository } from '#persistence/scan-verdicts.repository.js';
import { ScannersRepository } from '#persistence/scanners.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { makeScanners } from '#scanning/make-scanners.js';
import { Scanners } from '#scanning/scanners.js';
import { ScanSchedule } from './scan-schedule.js';
import { SecurityScanProcessor } from './security-scan.processor.js';

const SECONDS = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1_800];

const scanners: FactoryProvider<Scanners> = {
  provide: Scanners,
  inject: [SETTINGS],
  useFactory: (settings: Settings) => makeScanners(settings),
};

/** Counts how scans end; the names of the scanners are those of this process, so there are few. */
function recordOf(metrics: Metrics, names: readonly string[]) {
  const labels = { scanner: names, end: SCAN_ENDS };
  const ended = metrics.counter({ name: 'portus_scans_total', help: 'Scans that ended, by how they did.', labels });
  const took = metrics.histogram(
    { name: 'portus_scan_seconds', help: 'How long scans took.', labels: { scanner: names } },
    SECONDS,
  );
  return (scanner: string, end: (typeof SCAN_ENDS)[number], seconds: number): void => {
    ended.of({ scanner, end }).inc();
    took.of({ scanner }).observe(seconds);
  };
}

const drain: FactoryProvider<ScanDrain> = {
  provide: ScanDrain,
  inject: [
    ScanQueueRepository,
    ScanVerdictsRepository,
    ScanPlansRepository,
    ScannersRepository,
    RegistriesRepository,
    RegistryClients,
    ActivitiesRepository,
    Scanners,
    Metrics,
    Reconciler,
    SETTINGS,
    LOGGER,
  ],
  useFactory: (
    queue: ScanQueueRepository,
    verdicts: ScanVerdictsRepository,
    plans: ScanPlansRepository,
    records: ScannersRepository,
    registries: RegistriesRepository,
    clients: RegistryClients,
    activities: ActivitiesRepository,
    known: Scanners,
    metrics: Metrics,
    catalog: Reconciler,
    settings: Settings,
    log: Logger,
  ) => {
    const onEnd = recordOf(
      metrics,
      known.all.map(({ name }) => name),
    );
    const onVerdict = recordNewFindings(activities, settings.alertSeverity);
    const parts = { queue, verdicts, plans, scanners: records, registries, clients, log, onEnd, onVerdict };
    return new ScanDrain({ ...parts, catalog, ratePerMinute: settings.scanRate }, known);
  },
};

/** Scans images, where a scanner is configured. */
@Module({ providers: [scanners, drain, SecurityScanProcessor, ScanSchedule], exports: [ScanDrain, Scanners] })
export class SecurityScanModule {}
