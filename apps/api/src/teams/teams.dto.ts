import { z } from 'zod';
import { ROLES } from '#domain/policy/facts.js';
import type { MemberRow } from '#persistence/team-members.repository.js';
import type { TeamRow } from '#persistence/teams.repository.js';

const withoutNul = (value: string) => !value.includes('\0');
const name = z.string().trim().min(1).max(255).refine(withoutNul, 'must not hold NUL');
const description = z.string().max(10_000).refine(withoutNul, 'must not hold NUL');
const id = z.coerce.number().int().min(1).max(2_147_483_647);

export const newTeam = z.object({ name, description: description.nullish(), owner_id: id.nullish() }).meta({
  id: 'TeamInput',
});
export type NewTeam = z.output<typeof newTeam>;

export const teamChanges = z
  .object({ team: z.object({ name: name.optional(), description: description.nullish() }) })
  .meta({ id: 'TeamChanges' });
export type TeamChanges = z.output<typeof teamChanges>['team'];

/** Of a deletion: the name of the team that takes over the namespaces. */
export const teamDeletion = z.object({ new_team: name.optional() }).nullish().meta({ id: 'TeamDeletion' });
export type TeamDeletion = z.output<typeof teamDeletion>;

export const newMember = z.object({ user: z.string().trim().min(1).max(255), role: z.enum(ROLES) }).meta({
  id: 'TeamMemberInput',
});
export type NewMember = z.output<typeof newMember>;

export const memberChanges = z.object({ role: z.enum(ROLES) }).meta({ id: 'TeamMemberChanges' });
export type MemberChanges = z.output<typeof memberChanges>;

export const teamView = z
  .object({
    id: z.number(),
    name: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    description: z.string(),
    hidden: z.boolean(),
    role: z.enum(ROLES).nullable().describe('of the caller'),
    users_count: z.number(),
    namespaces_count: z.number(),
    updatable: z.boolean(),
    destroyable: z.boolean(),
  })
  .meta({ id: 'Team' });

export function viewTeam(row: TeamRow, may: { update: boolean; delete: boolean }): z.output<typeof teamView> {
  return {
    id: row.id,
    name: row.name,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    description: row.description,
    hidden: row.hidden,
    role: row.role,
    users_count: row.usersCount,
    namespaces_count: row.namespacesCount,
    updatable: may.update,
    destroyable: may.delete,
  };
}

export const memberView = z
  .object({
    id: z.number().describe('of the membership, not of the user'),
    team_id: z.number(),
    user_id: z.number(),
    username: z.string(),
    display_name: z.string().nullable(),
    role: z.enum(ROLES),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'TeamMember' });

/** No e-mail addresses: members see each other, not each other's mail. */
export function viewMember(row: MemberRow): z.output<typeof memberView> {
  return {
    id: row.id,
    team_id: row.teamId,
    user_id: row.userId,
    username: row.username,
    display_name: row.displayName,
    role: row.role,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
