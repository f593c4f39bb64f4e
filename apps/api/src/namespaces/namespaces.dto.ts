import { z } from 'zod';
import { VISIBILITIES } from '#domain/policy/facts.js';
import type { NamespaceRow } from '#persistence/namespaces.repository.js';

export const namespaceView = z
  .object({
    id: z.number(),
    name: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    description: z.string(),
    team: z.object({ id: z.number(), name: z.string(), hidden: z.boolean() }),
    visibility: z.enum(VISIBILITIES),
    global: z.boolean(),
  })
  .meta({ id: 'Namespace' });

/** Portus's representation: the global namespace shows the registry's hostname as its name. */
export function viewNamespace(row: NamespaceRow): z.output<typeof namespaceView> {
  return {
    id: row.id,
    name: row.kind === 'global' ? row.registryHostname : row.name,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    description: row.description,
    team: { id: row.teamId, name: row.teamName, hidden: row.teamHidden },
    visibility: row.visibility,
    global: row.kind === 'global',
  };
}

export const namespaceChanges = z
  .object({ namespace: z.object({ visibility: z.enum(VISIBILITIES) }) })
  .meta({ id: 'NamespaceChanges' });
