import type { Settings } from '#platform/config/settings.js';
import { DummyScanner } from './dummy.js';
import { makeServices } from './make-services.js';
import type { Scanner } from './scanner.js';
import { Scanners } from './scanners.js';

/** The scanners that the settings name. */
export function makeScanners(settings: Settings): Scanners {
  const all: (Scanner | null)[] = [settings.dummyServer === null ? null : new DummyScanner()];
  return new Scanners([...all.filter((scanner) => scanner !== null), ...makeServices(settings)]);
}
