import type { Happening } from './events.js';
import type { SeenRequest } from './reply.js';
import type { RegistryStore } from './store.js';

/** What a route may look at and change. */
export interface RouteContext {
  store: RegistryStore;
  request: SeenRequest;
  uploads: Map<string, Buffer>;
  deleteEnabled: boolean;
  includeReferences: boolean;
  /** `catalog.maxentries`, and 3.x's `tags.maxtags`. */
  maxEntries: number;
  announce: (happening: Happening) => void;
}
