import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '#domain/policy/facts.js';
import type { Refusal } from '#domain/policy/grant.js';
import { DenialsRepository, MAX_OF_ANONYMOUS, MAX_OF_USER, type NewDenial } from '#persistence/denials.repository.js';
import { LOGGER } from '#platform/config/settings.module.js';
import { atMost } from '#platform/lifecycle/at-most.js';
import type { Logger } from '#platform/logging/logger.js';
import { type Count, Metrics } from '#platform/metrics/metrics.js';

const FLUSH_MS = 3_000;
/** Different refusals that wait to be stored; no request waits for that. */
const MAX_WAITING = 2_000;
const MAX_NAME = 255;
const MAX_ACTION = 32;
/** Milliseconds for the last of them at shutdown. */
const PARTING_MS = 2_000;

/** Who was refused, where, and from which address. */
export interface Asker {
  actor: Actor;
  registryId: number;
  address: string;
}

/**
 * Collects refusals in memory and stores them in batches, off the path of requests. Nobody can fill it: repetitions
 * are one entry, each user has a share, all who are not signed in have one together, and the whole is bounded. What
 * finds no room, or can not be stored, is dropped and counted.
 */
@Injectable()
export class DenialBuffer implements OnModuleInit, BeforeApplicationShutdown {
  private waiting = new Map<string, NewDenial>();
  private shares = new Map<number | null, number>();
  private storing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private readonly dropped: { full: Count; database: Count };

  constructor(
    private readonly denials: DenialsRepository,
    metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {
    const dropped = metrics.counter({
      name: 'portus_denials_dropped_total',
      help: 'Refusals that are counted and not kept: there was no room for more of a day, or no database.',
      labels: { why: ['full', 'database'] },
    });
    this.dropped = { full: dropped.of({ why: 'full' }), database: dropped.of({ why: 'database' }) };
  }

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  /** While the database still has its connections. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await atMost(PARTING_MS, this.flush());
  }

  /** Only collects. Requests of the service account are our own. */
  note({ actor, registryId, address }: Asker, refused: readonly Refusal[], now: Date = new Date()): void {
    if (actor.kind === 'service') return;
    const userId = actor.kind === 'user' ? actor.userId : null;
    for (const { scope, action: asked, reason, told } of refused) {
      const name = scope.type === 'repository' ? scope.name : `${scope.type}:${scope.name}`;
      const repository = storable(name, MAX_NAME);
      const action = asked.slice(0, MAX_ACTION);
      const key = JSON.stringify([userId, registryId, repository, action, told]);
      const known = this.waiting.get(key);
      if (known) Object.assign(known, { reason, address, lastAt: now, count: known.count + 1 });
      else if (!this.hasRoom(userId)) this.dropped.full.inc();
      else {
        const what = { userId, registryId, repository, action, told, reason, address };
        this.waiting.set(key, { ...what, firstAt: now, lastAt: now, count: 1 });
      }
    }
  }

  /** Stores what waits. Never throws. */
  async flush(): Promise<void> {
    this.storing = this.storing.then(() => this.store());
    await this.storing;
  }

  private async store(): Promise<void> {
    const batch = [...this.waiting.values()];
    if (batch.length === 0) return;
    this.waiting = new Map();
    this.shares = new Map();
    try {
      this.dropped.full.inc(await this.denials.store(batch));
    } catch (error) {
      this.dropped.database.inc(batch.length);
      this.logger.warn({ error: (error as Error).message, dropped: batch.length }, 'refusals could not be stored');
    }
  }

  private hasRoom(userId: number | null): boolean {
    const taken = this.shares.get(userId) ?? 0;
    const share = userId === null ? MAX_OF_ANONYMOUS : MAX_OF_USER;
    if (this.waiting.size >= MAX_WAITING || taken >= share) return false;
    this.shares.set(userId, taken + 1);
    return true;
  }
}

/** PostgreSQL's text holds no NUL, and nobody wants control characters in a list. */
function storable(name: string, max: number): string {
  return name.slice(0, max).replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '\ufffd');
}
