import { z } from 'zod';
import { repositoryScanView, viewRepositoryScan } from '../scans/scan-view.js';
import type { SeenRepository } from './seen-repository.js';

export const repositoryView = z
  .object({
    id: z.number(),
    name: z.string(),
    full_name: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    description: z.string(),
    namespace: z.object({ id: z.number(), name: z.string() }),
    registry_hostname: z.string(),
    stars: z.number(),
    tags_count: z.number(),
    starred: z.boolean(),
    updatable: z.boolean().meta({ description: 'Whether the caller may describe it.' }),
    destroyable: z.boolean().meta({ description: 'Whether the caller may delete it.' }),
    size: z.number(),
    last_pushed_at: z.string().nullable(),
    pull_count: z.number(),
    pulled_at: z.string().nullable(),
    names_equal_at: z.string().nullable(),
    digests_equal_at: z.string().nullable(),
    scan: repositoryScanView,
  })
  .meta({ id: 'Repository' });

/** Portus's representation, with the bytes of what is tagged and the time of the last push. */
export function viewRepository(row: SeenRepository): z.output<typeof repositoryView> {
  return {
    id: row.id,
    name: row.name,
    full_name: row.fullName,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    description: row.description,
    namespace: { id: row.namespaceId, name: row.namespaceKind === 'global' ? row.registryHostname : row.namespaceName },
    registry_hostname: row.registryHostname,
    stars: row.stars,
    tags_count: row.tagsCount,
    starred: row.starred,
    updatable: row.updatable,
    destroyable: row.destroyable,
    size: row.size,
    last_pushed_at: row.lastPushedAt?.toISOString() ?? null,
    pull_count: Number(row.pullCount),
    pulled_at: row.pulledAt?.toISOString() ?? null,
    names_equal_at: row.namesEqualAt?.toISOString() ?? null,
    digests_equal_at: row.digestsEqualAt?.toISOString() ?? null,
    scan: viewRepositoryScan(row.scan),
  };
}
