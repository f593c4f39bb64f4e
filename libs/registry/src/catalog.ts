import { isRepositoryName } from '#domain/naming/repository-name.js';
import { listingBody, pages, splitNames } from './listing.js';
import type { RegistryAccess } from './transport/bearer.js';
import type { Transport } from './transport/transport.js';
import { answerError, badAnswer, endpoint, type Answer } from './wire.js';

/** One page of a registry's catalog. */
export interface CatalogPage {
  repositories: string[];
  /** The `last` with which the listing can be continued; null: this page was the last one. */
  next: string | null;
  /** Names that are no legal repository names, as the registry sent them: for a log, never for a request. */
  invalid: string[];
}

const ACCESS: RegistryAccess[] = [{ type: 'registry', name: 'catalog', actions: ['*'] }];

/**
 * Pages the catalog (distribution API, "Listing Repositories"). A page is yielded before the next one is fetched. Only
 * a page with `next: null` ends a complete listing; every doubt throws `BAD_LISTING` instead.
 */
export async function* catalogPages(
  transport: Transport,
  options: { pageSize: number; last?: string; signal?: AbortSignal },
): AsyncGenerator<CatalogPage> {
  const query = { n: String(options.pageSize), ...(options.last === undefined ? {} : { last: options.last }) };
  const url = endpoint(transport.base, ['_catalog'], query);
  for await (const { answer, next } of pages(transport, { url, access: ACCESS, signal: options.signal })) {
    yield readCatalogPage(answer, next);
  }
}

/** What one catalog answer says. */
export function readCatalogPage(answer: Answer, next: URL | null): CatalogPage {
  if (answer.status !== 200) throw answerError(answer);
  const { legal, invalid } = splitNames(answer, listingBody(answer).repositories, isRepositoryName);
  if (next === null) return { repositories: legal, next: null, invalid };
  const cursor = next.searchParams.get('last') ?? legal.at(-1);
  if (cursor === undefined) throw badAnswer(answer, 'the listing goes on, but not from where', 'BAD_LISTING');
  return { repositories: legal, next: cursor, invalid };
}
