import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { type EventCursor, EventLogRepository, type EventRow } from '#persistence/event-log.repository.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { viewEvent } from './events.dto.js';

/** A place in the inbox, as the list's `before` has it: microseconds, and the id. */
export const EVENT_PLACE = /^\d{1,18}\.\d{1,18}$/;
/** Then the client comes again: whether it still may is looked at anew. */
export const LONGEST_SECONDS = 300;

/** Of one process. */
const MAX_STREAMS = 32;
/** Events of one look; no more are held for a reader, who is not read ahead for. */
const BATCH = 500;
const LOOK_MS = 500;
/** So much longer a stream may take that runs behind. */
const CATCH_UP_MS = 60_000;
const HEARTBEAT_MS = 15_000;
/** What is younger is looked at again: it may be stored late, by another transaction, and its state changes. */
const UNSETTLED_MICROS = 5_000_000n;
const LONGEST_BREAK_MICROS = 3_600_000_000n;

/**
 * Notifications as they arrive, read from the table: whichever replica stored them, all streams see them. After a burst
 * the stream runs behind, and one that was stored late may be missing in it; the list has it.
 */
@Injectable()
export class EventStream implements BeforeApplicationShutdown {
  private readonly closing = new AbortController();
  private streams = 0;

  constructor(
    private readonly events: EventLogRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Long answers would keep the program from ending. */
  beforeApplicationShutdown(): void {
    this.closing.abort();
  }

  /** Throws `too_many_requests`. */
  requireRoom(): void {
    if (this.streams >= MAX_STREAMS) throw new AppError('too_many_requests', 'too many streams are open here');
  }

  /** The text of the stream. It ends after its time, at a shutdown, and when the database is away. */
  async *follow(last: string | null, seconds: number): AsyncGenerator<string> {
    this.streams++;
    try {
      yield 'retry: 2000\n\n';
      yield* this.messages(last, Date.now() + seconds * 1_000);
    } catch (error) {
      if (!this.closing.signal.aborted) this.logger.warn({ err: error }, 'a stream of events broke');
    } finally {
      this.streams--;
    }
  }

  private async *messages(last: string | null, until: number): AsyncGenerator<string> {
    const window = new Window(await this.start(last));
    let spoke = Date.now();
    for (;;) {
      const settled = (await this.events.nowMicros()) - UNSETTLED_MICROS;
      const rows = await this.events.following(window.place, BATCH);
      for (const row of window.changed(rows)) {
        yield message(row);
        spoke = Date.now();
      }
      const behind = rows.length === BATCH;
      window.advance(rows, behind ? null : settled);
      this.closing.signal.throwIfAborted();
      if (behind && Date.now() < until + CATCH_UP_MS) continue;
      if (Date.now() >= until) return;
      await sleep(LOOK_MS, undefined, { signal: this.closing.signal });
      if (Date.now() - spoke < HEARTBEAT_MS) continue;
      yield ': still here\n\n';
      spoke = Date.now();
    }
  }

  private async start(last: string | null): Promise<EventCursor> {
    const now = await this.events.nowMicros();
    const [micros = '', id = '0'] = last?.split('.') ?? [];
    if (micros === '') return { receivedAtMicros: String(now - UNSETTLED_MICROS), id };
    const oldest = now - LONGEST_BREAK_MICROS;
    // What came before the break may have changed its state during it.
    const place = BigInt(micros) - UNSETTLED_MICROS;
    return { receivedAtMicros: String(place > oldest ? place : oldest), id: '0' };
  }
}

/** What a stream has told of the events behind its place. Holds no more than one look at them. */
class Window {
  private readonly told = new Map<string, string>();

  constructor(public place: EventCursor) {}

  /** Those that are new, or other than they were. */
  *changed(rows: readonly EventRow[]): Generator<EventRow> {
    for (const row of rows) {
      const version = `${row.state}.${row.attempts}`;
      if (this.told.get(row.id) === version) continue;
      this.told.set(row.id, version);
      yield row;
    }
  }

  /** Leaves behind what has arrived until then (null: all of it). */
  advance(rows: readonly EventRow[], settled: bigint | null): void {
    for (const row of rows) {
      if (settled !== null && BigInt(row.receivedAtMicros) > settled) return;
      this.place = row;
      this.told.delete(row.id);
    }
  }
}

function message(row: EventRow): string {
  return `id: ${row.receivedAtMicros}.${row.id}\ndata: ${JSON.stringify(viewEvent(row))}\n\n`;
}
