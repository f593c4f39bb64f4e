import { z } from 'zod';
import { AppError } from '#domain/errors/app-error.js';
import type { Place } from '#persistence/listing.js';

/** Rows that a cursor by number may skip. */
const MOST_SKIPPED = 1_000_000;

/** What a cursor holds, for us alone: the order that it belongs to, and the place. */
const content = z.tuple([z.string(), z.enum(['ASC', 'DESC']), z.string().max(1_000), z.string().regex(/^\d{1,19}$/)]);

/** Stands for the order of a list that has places by number only. */
const BY_NUMBER = '#';

/** Where a list goes on: behind a place or, in one that has none, after so many rows. */
export interface Start {
  after: Place | null;
  skip: number;
}

/** As {@link writeCursor}, for a list that is cut by numbers: of few rows, or put together from several tables. */
export function writeNumberCursor(order: 'ASC' | 'DESC', skip: number): string {
  return writeCursor(BY_NUMBER, order, { value: '', id: String(skip) });
}

/** The text of a place in a list of that order; callers hand it back as it is. */
export function writeCursor(sort: string, order: 'ASC' | 'DESC', { value, id }: Place): string {
  // What rows are sorted by is repeated by the id alone when it is the id.
  return Buffer.from(JSON.stringify([sort, order, sort === 'id' ? '' : value, id])).toString('base64url');
}

/** Where a query's cursor goes on; null without one. */
export function readCursor(
  query: { cursor?: string | undefined; page?: number | undefined },
  sort: string,
  order: 'ASC' | 'DESC',
): Start | null {
  if (query.cursor === undefined) return null;
  if (query.page !== undefined) throw new AppError('bad_request', 'cursor: goes with no page');
  const read = content.safeParse(parsed(query.cursor));
  if (!read.success) throw new AppError('bad_request', 'cursor: is not a place in this list');
  const [itsSort, itsOrder, value, id] = read.data;
  if (itsSort === BY_NUMBER && itsOrder === order) return { after: null, skip: Math.min(Number(id), MOST_SKIPPED) };
  if (itsSort !== sort || itsOrder !== order) {
    throw new AppError('bad_request', 'cursor: belongs to another order; repeat sort_attr and sort_order');
  }
  return { after: { value, id }, skip: 0 };
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
