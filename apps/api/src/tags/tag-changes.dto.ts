import { z } from 'zod';
import { isDigest } from '#domain/naming/repository-name.js';

const flag = z.enum(['true', 'false', '1', '0', '']).transform((value) => value !== 'false' && value !== '0');

export const deletionQuery = z.object({
  /** Move a tag that the registry can not take off by itself to a throw-away manifest, which is deleted then. */
  move_shared: flag.optional(),
});
export type DeletionQuery = z.output<typeof deletionQuery>;

export const rollbackBody = z
  .object({
    digest: z.string().refine(isDigest, 'is not a digest').optional(),
    revision: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  })
  .refine((body) => (body.digest === undefined) !== (body.revision === undefined), 'name either digest or revision')
  .meta({ id: 'RollbackInput' });
export type RollbackBody = z.output<typeof rollbackBody>;

export const DELETE_METHODS = ['untag', 'digest', 'move', 'refused', 'disabled'] as const;
export type DeleteMethod = (typeof DELETE_METHODS)[number];

export const deletionPreview = z
  .object({
    digest: z.string(),
    method: z.enum(DELETE_METHODS),
    because: z.string(),
    shared_with: z.array(z.string()),
    indexes: z.array(z.object({ digest: z.string(), tags: z.array(z.string()) })),
    referrers: z.array(z.object({ digest: z.string(), kind: z.string(), tag: z.string().nullable() })),
  })
  .meta({ id: 'DeletionPreview' });
export type DeletionPreview = z.output<typeof deletionPreview>;
