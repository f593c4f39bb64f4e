import type { InboxRepository } from '#persistence/inbox.repository.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import { PerRegistry } from './per-registry.js';
import type { Reconciler } from './reconciler.js';
import { type DrainLog, RegistryDrain } from './registry-drain.js';

/** Works the inbox off. Stopped, it leaves its events in the inbox. */
export class EventDrain extends PerRegistry<number> {
  constructor(inbox: InboxRepository, registries: RegistriesRepository, reconciler: Reconciler, log: DrainLog) {
    super(
      () => inbox.registriesWaiting(),
      (id) => new RegistryDrain(id, inbox, registries, reconciler, log),
    );
  }
}
