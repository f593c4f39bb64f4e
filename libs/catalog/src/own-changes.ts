import { randomUUID } from 'node:crypto';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { InboxRepository } from '#persistence/inbox.repository.js';
import type { ReconcileResult, WholeLook } from './look.js';
import type { Reconciler } from './reconciler.js';

/** A change that Portus itself made at a registry. */
export interface OwnChange {
  action: 'push' | 'delete';
  tag: string | null;
  digest: string | null;
}

/** For somebody else's look at the repository to end: attempts, and milliseconds that grow with each. */
const ATTEMPTS = 8;
const PAUSE_MS = 100;

/**
 * Brings what Portus changed at a registry into the catalog, by the same way as everybody's changes: as notifications in
 * the inbox. So it is not lost when this process ends now, and who did it is known also where the registry's own
 * notification is lost.
 */
export class OwnChanges {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly reconciler: Reconciler,
  ) {}

  /** Stores the changes, and tries to have them in the catalog when it returns; if not now, a worker brings them there. */
  async note(registry: Registry, fullName: string, actor: string, changes: readonly OwnChange[]): Promise<void> {
    const now = new Date();
    const events = changes.map((change) => ({
      ...change,
      eventId: `portus:${randomUUID()}`,
      repository: fullName,
      actor,
      occurredAt: now,
      payload: '{"source":"portus"}',
      rejected: null,
    }));
    await this.inbox.store(registry.id, events);
    // What was changed stands, and is stored; only the look may fail.
    await this.look(registry, fullName, null).catch(() => null);
  }

  /** A look at the repository under its lease; null while somebody else is at it all the time. */
  async look(registry: Registry, fullName: string, whole: WholeLook | null): Promise<ReconcileResult | null> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const result = await this.reconciler.reconcile(registry, fullName, whole);
      if (result.outcome !== 'busy' && result.outcome !== 'stale') return result;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
    return null;
  }
}
