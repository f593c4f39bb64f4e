import type { Settings } from '#platform/config/settings.js';
import { DummyScanner } from './dummy.js';
import { makeServices } from './make-services.js';
import type { Scanner } from './scanner.js';
import { Scanners } from './scanners.js';
import { TrivyScanner } from './trivy/trivy.js';

/** The scanners that the settings name. */
export function makeScanners(settings: Settings): Scanners {
  const all: (Scanner | null)[] = [trivy(settings), settings.dummyServer === null ? null : new DummyScanner()];
  return new Scanners([...all.filter((scanner) => scanner !== null), ...makeServices(settings)]);
}

function trivy(settings: Settings): Scanner | null {
  const { trivyCommand, trivyServer } = settings;
  if (trivyCommand === null && trivyServer === null) return null;
  return new TrivyScanner({
    command: trivyCommand ?? 'trivy',
    server: trivyServer,
    serverToken: settings.trivyServerToken,
    cacheDir: settings.trivyCacheDir,
    offline: settings.trivyOffline,
    dbRepository: settings.trivyDbRepository,
    insecure: settings.trivyInsecure,
    sbom: settings.trivySbom,
    timeout: settings.trivyTimeout,
    concurrency: settings.trivyConcurrency,
  });
}
