import { z } from 'zod';
import type { CommentRow } from '#persistence/comments.repository.js';

const withoutNul = (value: string) => !value.includes('\0');
const text = z.string().max(10_000).refine(withoutNul, 'must not hold NUL');

/** Markdown. */
export const repositoryChanges = z.object({ repository: z.object({ description: text }) }).meta({
  id: 'RepositoryChanges',
});
export type RepositoryChanges = z.output<typeof repositoryChanges>;

export const newComment = z.object({ comment: z.object({ body: text.trim().min(1) }) }).meta({ id: 'CommentInput' });
export type NewComment = z.output<typeof newComment>;

export const commentView = z
  .object({
    id: z.number(),
    body: z.string(),
    created_at: z.string(),
    author: z.object({ id: z.number(), name: z.string() }),
    destroyable: z.boolean(),
  })
  .meta({ id: 'Comment' });

export function viewComment(row: CommentRow, destroyable: boolean): z.output<typeof commentView> {
  const { id, body, createdAt, authorId, authorName } = row;
  return { id, body, created_at: createdAt.toISOString(), author: { id: authorId, name: authorName }, destroyable };
}
