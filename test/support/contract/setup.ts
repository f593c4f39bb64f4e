import { afterAll, afterEach } from 'vitest';
import { takeFaults, watchFetch } from './watch.js';

/** For suites that speak to the api: whatever it answers to them must be what the OpenAPI document says. */
watchFetch();

afterEach(fail);
afterAll(fail);

function fail(): void {
  const faults = takeFaults();
  if (faults.length > 0) throw new Error(`answers that are not in docs/openapi.json:\n${faults.join('\n')}`);
}
