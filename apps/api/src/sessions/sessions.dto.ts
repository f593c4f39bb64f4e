import { z } from 'zod';
import type { Session } from '#domain/user/session.entity.js';
import { userView } from '../users/users.dto.js';

export const signIn = z
  .object({
    username: z
      .string()
      .min(1)
      .max(255)
      .refine((value) => !value.includes('\0'), 'must not hold NUL'),
    password: z.string().min(1).max(1_024),
  })
  .meta({ id: 'SignIn' });
export type SignIn = z.output<typeof signIn>;

export const signedInView = z
  .object({
    user: userView,
    csrf_token: z
      .string()
      .nullable()
      .describe('to be sent as X-CSRF-Token with everything that changes something; null without a session'),
  })
  .meta({ id: 'SignedIn' });

export const sessionView = z
  .object({
    id: z.number(),
    current: z.boolean(),
    address: z.string(),
    user_agent: z.string(),
    created_at: z.string(),
    last_used_at: z.string(),
    expires_at: z.string(),
  })
  .meta({ id: 'Session' });

export function viewSession(session: Session, current: boolean): z.output<typeof sessionView> {
  return {
    id: session.id,
    current,
    address: session.address,
    user_agent: session.userAgent,
    created_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
  };
}
