import { isTagName } from '#domain/naming/repository-name.js';
import { RegistryError } from './errors.js';
import { listingBody, pages, splitNames } from './listing.js';
import type { Transport } from './transport/transport.js';
import { absenceCode, answerError, badAnswer, endpoint, repositoryPath, type Answer } from './wire.js';

/** The tags of a repository, or the registry's word that it does not know the repository. */
export type TagListing =
  | {
      state: 'listed';
      tags: string[];
      /** Entries that are no legal tags, as the registry sent them. */
      invalid: string[];
    }
  | { state: 'absent'; code: 'NAME_UNKNOWN' };

/** A list beyond this is an attack on our memory, not a repository. */
const MAX_TAGS = 1_000_000;

/**
 * Lists all tags (OCI distribution spec 1.1, "Listing Tags"). Registry 2.8 ignores paging and sends all of them, 3.x
 * sends pages. A repository without tags is `listed` with none; `absent` needs the registry's own NAME_UNKNOWN.
 */
export async function listTags(
  transport: Transport,
  repository: string,
  options: { pageSize: number; signal?: AbortSignal },
): Promise<TagListing> {
  const path = [...repositoryPath(transport.base, repository), 'tags', 'list'];
  const url = endpoint(transport.base, path, { n: String(options.pageSize) });
  const access = [{ type: 'repository' as const, name: repository, actions: ['pull'] }];
  const tags = new Set<string>();
  const invalid = new Set<string>();
  let first = true;
  for await (const { answer } of pages(transport, { url, access, signal: options.signal })) {
    const page = readTagPage(answer, repository);
    if (page.state === 'absent') {
      if (first) return page;
      throw vanished(url);
    }
    for (const tag of page.tags) tags.add(tag);
    for (const name of page.invalid) invalid.add(name);
    if (tags.size + invalid.size > MAX_TAGS) throw badAnswer(answer, 'the tag list does not end', 'TOO_LARGE');
    first = false;
  }
  return { state: 'listed', tags: [...tags], invalid: [...invalid] };
}

/** What one tags answer says. Throws unless it is a list of this repository's tags or the proof of its absence. */
export function readTagPage(answer: Answer, repository: string): TagListing {
  const code = absenceCode(answer, ['NAME_UNKNOWN']);
  if (code) return { state: 'absent', code };
  if (answer.status !== 200) throw answerError(answer);
  const { name, tags } = listingBody(answer);
  // Behind a confused cache, another repository's tags would read as this one's removals.
  if (name !== undefined && name !== repository) {
    throw badAnswer(answer, 'the tag list is of another repository', 'BAD_LISTING');
  }
  const { legal, invalid } = splitNames(answer, tags, isTagName);
  return { state: 'listed', tags: legal, invalid };
}

/** Known on the first page and unknown on a later one: it is being removed right now, so ask again. */
function vanished(url: URL): RegistryError {
  return new RegistryError('BAD_LISTING', {
    message: 'the repository vanished between two pages',
    url,
    temporary: true,
  });
}
