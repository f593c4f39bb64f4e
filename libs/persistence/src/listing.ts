import { AppError } from '#domain/errors/app-error.js';
import { isAboutValue } from './connection-errors.js';
import type { Database } from './database.js';
import { containing } from './like.js';
import { totalOf } from './list-totals.js';

/** A place in a list: what the row before it is sorted by, as text, and its id. */
export interface Place {
  value: string;
  id: string;
}

/** A page of a list: from a place on (keyset paging) or, without one, after `skip` rows. Bounded by the caller. */
export interface Page<S extends string> {
  skip: number;
  take: number;
  sort: S;
  order: 'ASC' | 'DESC';
  after?: Place | null;
  /** Only what has this in its name. */
  named?: string | undefined;
}

export interface Listed<T> {
  items: T[];
  /** All rows; null where it was not asked for, as behind a place. */
  total: number | null;
  /** Whether the total was counted just now; a large one is an estimate or was counted lately. */
  exact?: boolean;
  /** Where the rows go on; null at the end. */
  next?: Place | null;
}

/** The same page with other items. */
export function mapListed<T, V>({ items, ...rest }: Listed<T>, view: (row: T) => V): Listed<V> {
  return { ...rest, items: items.map(view) };
}

/** What the lists may be sorted by. */
export const NAMESPACE_SORTS = ['id', 'name', 'created_at', 'updated_at'] as const;
export const REPOSITORY_SORTS = ['id', 'name', 'full_name', 'created_at', 'updated_at'] as const;
export const TAG_SORTS = ['id', 'name', 'created_at', 'updated_at'] as const;
export const USER_SORTS = ['id', 'username', 'email', 'created_at', 'updated_at'] as const;
export const TEAM_SORTS = ['id', 'name', 'created_at', 'updated_at'] as const;
export const WEBHOOK_SORTS = ['id', 'name', 'created_at', 'updated_at'] as const;
export const WEBHOOK_DELIVERY_SORTS = ['id'] as const;

/** Types of what lists are sorted by, and of ids. */
type PlaceType = 'integer' | 'bigint' | 'text' | 'citext' | 'timestamptz';

export interface SortColumn {
  /** An expression that is never null and, with the id, in an index. */
  by: string;
  type: PlaceType;
}

/** One list: which rows it has, and what is read of those of a page. */
export interface ListSource<S extends string> {
  /** The tables that conditions and order need, after FROM. */
  from: string;
  where: string;
  values: readonly unknown[];
  /** Of the row; its type is that of `id` in places. */
  id: string;
  idType?: 'integer' | 'bigint';
  sorts: Readonly<Record<S, SortColumn>>;
  /** The expression that {@link Page.named} looks in; a list without one is not searched. */
  name?: string;
  columns: string;
  /** A list whose rows are not worth counting has no total, and no pages but by place. */
  uncounted?: boolean;
  /** The tables that the columns come from, beginning with that of the row; joined to the rows of the page only. */
  rows: string;
}

/**
 * Reads a page of a list. First the ids of the page are cut out of an index, then everything else is read of these: what
 * a page costs depends on its length and, for page numbers, on the rows that are skipped, not on the width of the list.
 */
export async function readPage<T extends object, S extends string>(
  database: Database,
  whole: ListSource<S>,
  page: Page<S>,
): Promise<Listed<T>> {
  const source = narrowed(whole, page.named);
  const values = [...source.values];
  const where = [source.where, ...(page.after ? [behind(source, page, page.after, values)] : [])].join(' AND ');
  const { by } = source.sorts[page.sort];
  const [limit, offset] = [values.push(page.take + 1), values.push(page.skip)];
  const text = `
    SELECT ${source.columns}, cut.list_place::text AS "listPlace", cut.list_id::text AS "listId"
      FROM (SELECT ${source.id} AS list_id, ${by} AS list_place FROM ${source.from} WHERE ${where}
             ORDER BY ${orderBy(page, by, source.id)} LIMIT $${limit} OFFSET $${offset}) cut
      JOIN ${joined(source)} ORDER BY ${orderBy(page, 'cut.list_place', 'cut.list_id')}`;
  const rows = await database.query<T & ListedAt>(text, values).catch((error: unknown) => {
    throw page.after && isAboutValue(error)
      ? new AppError('bad_request', 'cursor: is not a place in this list')
      : error;
  });
  const last = rows.length > page.take ? rows[page.take - 1] : undefined;
  const next = last ? { value: last.listPlace, id: last.listId } : null;
  const items = rows.slice(0, page.take).map(withoutPlace);
  if (page.after || source.uncounted) return { items, total: null, next };
  return { items, next, ...(await totalOf(database, source)) };
}

interface ListedAt {
  listPlace: string;
  listId: string;
}

/** The place belongs to the cursor: some lists are answered as their rows are. */
function withoutPlace<T extends object>({ listPlace, listId, ...item }: T & ListedAt): T {
  void [listPlace, listId];
  return item as unknown as T;
}

/** The rows of a list that have a text in their name. */
function narrowed<S extends string>(source: ListSource<S>, named: string | undefined): ListSource<S> {
  if (!named || source.name === undefined) return source;
  const values = [...source.values, containing(named)];
  return { ...source, values, where: `${source.where} AND ${source.name} ILIKE $${values.length}` };
}

/** The condition of what lies behind a place; its values are appended. */
function behind<S extends string>(source: ListSource<S>, page: Page<S>, after: Place, values: unknown[]): string {
  const { by, type } = source.sorts[page.sort];
  const than = page.order === 'ASC' ? '>' : '<';
  const id = `$${values.push(after.id)}::text::${source.idType ?? 'integer'}`;
  if (page.sort === 'id') return `${source.id} ${than} ${id}`;
  return `(${by}, ${source.id}) ${than} ($${values.push(after.value)}::text::${type}, ${id})`;
}

/** Both ways the id follows the direction: so one index serves both, and a row of values says what lies behind. */
function orderBy({ sort, order }: Page<string>, place: string, id: string): string {
  return sort === 'id' ? `${id} ${order}` : `${place} ${order}, ${id} ${order}`;
}

/** `tags g JOIN …` becomes `tags g ON g.id = cut.list_id JOIN …`. */
function joined({ rows, id }: Pick<ListSource<string>, 'rows' | 'id'>): string {
  return rows.trimStart().replace(/^\S+\s+\S+/, (table) => `${table} ON ${id} = cut.list_id`);
}
