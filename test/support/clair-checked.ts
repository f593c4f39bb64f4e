import { CLAIR_SCHEMAS } from '../vectors/clair-schemas.js';
import { type ClairSchema, faultsOfClair } from './published-schemas.js';
import { checked } from './scanner-scene.js';

const PUBLISHED: Readonly<Record<keyof typeof CLAIR_SCHEMAS, ClairSchema>> = {
  manifest: 'manifest',
  indexReport: 'index_report',
  indexState: 'index_state',
  vulnerabilityReport: 'vulnerability_report',
};

/** What is said to Clair, and what it or its stand-in says: as we understand its API, and as it is published where that is here. */
export function checkedClair<T extends object>(kind: keyof typeof CLAIR_SCHEMAS, value: T): T {
  const faults = faultsOfClair(PUBLISHED[kind], checked(CLAIR_SCHEMAS[kind], value));
  if (faults !== '') throw new Error(`against Clair's own ${PUBLISHED[kind]}: ${faults}`);
  return value;
}
