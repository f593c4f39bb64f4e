import { z } from 'zod';
import { VISIBILITIES } from '#domain/policy/facts.js';
import { ROLES } from '#domain/policy/facts.js';
import { NAMESPACE_SORTS } from '#persistence/listing.js';
import { namedListQuery } from '../http/list-query.js';
import type { SeenNamespace } from './seen-namespace.js';

export const namespacesQuery = namedListQuery(NAMESPACE_SORTS).extend({
  mine: z.enum(['true', 'false']).optional().describe('true: only those of the teams one is in'),
});
export type NamespacesQuery = z.output<typeof namespacesQuery>;

export const namespaceView = z
  .object({
    id: z.number(),
    name: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    description: z.string(),
    team: z.object({ id: z.number(), name: z.string(), hidden: z.boolean() }),
    registry_hostname: z.string().meta({ description: 'Under which clients reach its images.' }),
    visibility: z.enum(VISIBILITIES),
    global: z.boolean(),
    orphan: z.boolean().meta({ description: 'Of no team but the administrators.' }),
    updatable: z.boolean(),
    destroyable: z.boolean(),
    permissions: z
      .object({
        role: z.enum(ROLES).nullable(),
        pull: z.boolean(),
        push: z.boolean(),
        visibility: z.boolean(),
        webhooks: z.boolean(),
      })
      .meta({ id: 'NamespacePermissions', description: 'Of the caller.' }),
  })
  .meta({ id: 'Namespace' });

/** Portus's representation: the global namespace shows the registry's hostname as its name. */
export function viewNamespace(row: SeenNamespace): z.output<typeof namespaceView> {
  return {
    id: row.id,
    name: row.kind === 'global' ? row.registryHostname : row.name,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    description: row.description,
    team: { id: row.teamId, name: row.teamName, hidden: row.teamHidden },
    registry_hostname: row.registryHostname,
    visibility: row.visibility,
    global: row.kind === 'global',
    orphan: row.kind === 'team' && row.teamHidden,
    updatable: row.may.update,
    destroyable: row.may.delete,
    permissions: {
      role: row.role,
      pull: row.may.pull,
      push: row.may.push,
      visibility: row.may.visibility,
      webhooks: row.may.webhooks,
    },
  };
}

const withoutNul = (value: string) => !value.includes('\0');
const name = z.string().trim().min(1).max(255).refine(withoutNul, 'must not hold NUL');
const description = z.string().max(10_000).refine(withoutNul, 'must not hold NUL');

export const newNamespace = z
  .object({
    name,
    team: name.describe('its name'),
    description: description.nullish(),
    registry_id: z.coerce.number().int().min(1).max(2_147_483_647).nullish().describe('without it the first registry'),
  })
  .meta({ id: 'NamespaceInput' });
export type NewNamespace = z.output<typeof newNamespace>;

/** Portus's representation is taken back too, where the team is an object. */
const team = z.union([name, z.object({ name }).transform((value) => value.name)]);

export const namespaceChanges = z
  .object({
    namespace: z.object({
      name: name.optional().describe('must be the present one: namespaces can not be renamed'),
      description: description.optional(),
      team: team.optional().describe('the name of the team that takes it over'),
      visibility: z.enum(VISIBILITIES).optional(),
    }),
  })
  .meta({ id: 'NamespaceChanges' });
export type NamespaceChanges = z.output<typeof namespaceChanges>['namespace'];

export const nameQuery = z.object({ name: z.string().max(1_000) });
