import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ITEM_STATES } from '#domain/deletion/deletion-item.entity.js';
import { DELETION_KINDS, DELETION_STATES } from '#domain/deletion/deletion.entity.js';
import type { DeletionRow, ItemRow } from '#persistence/deletions.repository.js';

/** Tags of one request. */
export const MAX_TAGS = 1_000;

export const tagsDeletion = z
  .object({
    tags: z.array(z.number().int().min(1).max(2_147_483_647)).min(1).max(MAX_TAGS),
    move_shared: z.boolean().optional(),
  })
  .meta({ id: 'TagsDeletionInput' });
export type TagsDeletion = z.output<typeof tagsDeletion>;

export const deletionView = z
  .object({
    id: z.number(),
    kind: z.enum(DELETION_KINDS),
    name: z.string(),
    author: z.object({ id: z.number().nullable(), name: z.string() }),
    move_shared: z.boolean(),
    state: z.enum(DELETION_STATES),
    outcome: z.string().nullable(),
    total: z.number(),
    gone: z.number(),
    failed: z.number(),
    created_at: z.string(),
    finished_at: z.string().nullable(),
  })
  .meta({ id: 'Deletion' });

/** `total` items, of which `gone` are proved to be gone and `failed` ended otherwise; the rest waits. */
export function viewDeletion(row: DeletionRow): z.output<typeof deletionView> {
  const { id, kind, name, state, outcome, total, gone, failed } = row;
  return {
    id,
    kind,
    name,
    state,
    outcome,
    total,
    gone,
    failed,
    author: { id: row.actorId, name: row.actor },
    move_shared: row.moveShared,
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  };
}

/** Of one that was just asked for: where it can be followed stands in the header. */
export function accepted(made: DeletionRow, reply: Pick<FastifyReply, 'header'>): z.output<typeof deletionView> {
  reply.header('Location', `/api/v1/deletions/${made.id}`);
  return viewDeletion(made);
}

export const itemView = z
  .object({
    repository: z.string(),
    tag: z.string().nullable(),
    digest: z.string().nullable(),
    rule: z.string().nullable(),
    state: z.enum(ITEM_STATES),
    reason: z.string().nullable(),
  })
  .meta({ id: 'DeletionItem' });

/** Without a `tag`: the whole repository. `rule`: of a retention, the rule that drops it. */
export function viewItem(row: ItemRow): z.output<typeof itemView> {
  const { fullName, tag, digest, because, state, reason } = row;
  return { repository: fullName, tag, digest, rule: because, state, reason };
}

export const placePreview = z
  .object({ name: z.string(), repositories: z.number(), tags: z.number(), immutable: z.array(z.string()) })
  .meta({ id: 'PlaceDeletionPreview' });
export type PlacePreview = z.output<typeof placePreview>;
