import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { EventLogRepository, type EventRow, type InboxSummary } from '#persistence/event-log.repository.js';
import { Doorbell } from '#queues/doorbell.js';
import type { EventsQuery, RetryBody } from './events.dto.js';

/** Events that one call puts back; call again for more. */
const MAX_RETRIED = 10_000;

/** The inbox of notifications, as administrators look at it and push it on. */
@Injectable()
export class EventsService {
  constructor(
    private readonly events: EventLogRepository,
    private readonly doorbell: Doorbell,
  ) {}

  /** Newest first; `next` is where the following page begins, null at the end. */
  async list(query: EventsQuery, perPage: number): Promise<{ items: EventRow[]; next: string | null }> {
    const limit = query.per_page ?? perPage;
    const [receivedAtMicros = '', id = ''] = query.before?.split('.') ?? [];
    const filter = {
      state: query.state,
      registryId: query.registry_id,
      repository: query.repository,
      action: query.action,
      from: dateOf(query.from),
      to: dateOf(query.to),
    };
    const rows = await this.events.page(
      filter,
      query.before === undefined ? null : { receivedAtMicros, id },
      limit + 1,
    );
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next = rows.length > limit && last ? `${last.receivedAtMicros}.${last.id}` : null;
    return { items, next };
  }

  async get(id: string): Promise<EventRow & { payload: string | null }> {
    const row = await this.events.find(id);
    if (row === null) throw new AppError('not_found', 'Not found');
    return row;
  }

  /** Another look at what the event names, at once. 409 for one that could not be understood. */
  async retry(id: string): Promise<EventRow> {
    const { state } = await this.get(id);
    if (state === 'rejected') throw new AppError('conflict', 'it could not be understood: there is nothing to retry');
    await this.events.retry(id);
    this.doorbell.ring('registry-events');
    return this.get(id);
  }

  /** As {@link retry} for all that fit, a bounded number of them. Returns how many. */
  async retryAll({ states, registry_id: registryId, repository }: RetryBody): Promise<number> {
    const count = await this.events.retryAll(states, { registryId, repository }, MAX_RETRIED);
    if (count > 0) this.doorbell.ring('registry-events');
    return count;
  }

  async summary(): Promise<InboxSummary[]> {
    return this.events.summary();
  }
}

const dateOf = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));
