import { z } from 'zod';
import { VISIBILITIES } from '#domain/policy/facts.js';
import { type Explored, type Found, SEARCH_TYPES } from '#persistence/search.repository.js';
import { pageQuery } from '../http/list-query.js';

const text = z
  .string()
  .trim()
  .max(255)
  .refine((value) => !value.includes('\0'), 'must not hold NUL');
const limit = z.coerce.number().int().min(1).max(100);

export const searchQuery = z.object({
  search: text.min(1).describe('a part of the name; of `repository:tag` the repository'),
  type: z.enum(SEARCH_TYPES).optional().describe('without it all types'),
  limit: limit.default(20).describe('of each type'),
});
export type SearchQuery = z.output<typeof searchQuery>;

export const exploreQuery = pageQuery.extend({
  search: text.default('').describe('only those with this in their name'),
  limit: limit.optional().describe('the same as per_page'),
});
export type ExploreQuery = z.output<typeof exploreQuery>;

export const foundView = z
  .object({
    type: z.enum(SEARCH_TYPES),
    id: z.number(),
    name: z.string().describe('of a tag: repository:tag'),
    description: z.string(),
    visibility: z.enum(VISIBILITIES).nullable(),
    repository_id: z.number().nullable(),
  })
  .meta({ id: 'Found' });

export const exploredView = foundView
  .extend({ registry_hostname: z.string().describe('under which clients reach it') })
  .meta({ id: 'Explored' });

export function viewExplored(found: Explored): z.output<typeof exploredView> {
  return { ...viewFound(found), registry_hostname: found.registryHostname };
}

export function viewFound(found: Found): z.output<typeof foundView> {
  const { type, id, name, description, visibility, repositoryId } = found;
  return { type, id, name, description, visibility, repository_id: repositoryId };
}
