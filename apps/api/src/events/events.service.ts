import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { EventLogRepository, type EventRow, type InboxSummary } from '#persistence/event-log.repository.js';
import type { Listed, Page } from '#persistence/listing.js';
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

  async list(query: EventsQuery, page: Page<'received_at'>): Promise<Listed<EventRow>> {
    const { state, registry_id: registryId, repository, action } = query;
    const filter = { state, registryId, repository, action, from: dateOf(query.from), to: dateOf(query.to) };
    return this.events.page(filter, page);
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
