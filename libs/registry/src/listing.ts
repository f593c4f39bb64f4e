import { nextPage } from './transport/links.js';
import { BODY_CAPS } from './transport/limits.js';
import type { RegistryAccess } from './transport/bearer.js';
import type { Transport } from './transport/transport.js';
import { badAnswer, isRecord, mediaTypeOf, parseJson, type Answer } from './wire.js';

export interface ListingRequest {
  url: URL;
  access: RegistryAccess[];
  signal?: AbortSignal;
}

/** One page as it came, and the URL of the next one; null on the last page. */
export interface RawPage {
  answer: Answer;
  next: URL | null;
}

/** No registry has so many pages; one that goes on is making them up. */
const MAX_PAGES = 100_000;

/**
 * Fetches pages and follows their `Link` headers, one page at a time. Throws `BAD_LISTING` when a page leads back to
 * one that was already asked for: its entries would never end, and never be complete.
 */
export async function* pages(transport: Transport, request: ListingRequest): AsyncGenerator<RawPage> {
  const asked = new Set<string>([pageKey(request.url)]);
  let url: URL | null = request.url;
  while (url) {
    const answer: Answer = await transport.send({ ...request, method: 'GET', url, cap: BODY_CAPS.listing });
    const next: URL | null = answer.status === 200 ? nextPage(answer.headers.get('link'), url) : null;
    if (next) {
      if (asked.has(pageKey(next))) throw badAnswer(answer, 'the listing runs in a circle', 'BAD_LISTING');
      if (asked.size >= MAX_PAGES) throw badAnswer(answer, 'the listing does not end', 'BAD_LISTING');
      asked.add(pageKey(next));
    }
    yield { answer, next };
    url = next;
  }
}

/** Where a page begins: its `last`, if it has one, whatever else the registry writes into the URL. */
function pageKey(url: URL): string {
  return url.searchParams.get('last') ?? url.href;
}

/** The object in a listing's body. Throws `BAD_LISTING` for anything else, such as a proxy's HTML page. */
export function listingBody(answer: Answer): Record<string, unknown> {
  const parsed = mediaTypeOf(answer) === 'application/json' ? parseJson(answer.body) : undefined;
  if (!isRecord(parsed)) throw badAnswer(answer, 'the listing is not a JSON object', 'BAD_LISTING');
  return parsed;
}

/**
 * The entries of a listing without repetitions, legal and illegal names apart. `null` is an empty list: registries
 * write a missing list so. Throws `BAD_LISTING` for anything but a list of strings.
 */
export function splitNames(
  answer: Answer,
  value: unknown,
  isLegal: (name: string) => boolean,
): { legal: string[]; invalid: string[] } {
  const names: unknown = value === null ? [] : value;
  if (!Array.isArray(names) || !names.every((name): name is string => typeof name === 'string')) {
    throw badAnswer(answer, 'the listing is not a list of names', 'BAD_LISTING');
  }
  const distinct = [...new Set(names)];
  return { legal: distinct.filter(isLegal), invalid: distinct.filter((name) => !isLegal(name)) };
}
