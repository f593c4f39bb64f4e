import { z } from 'zod';
import { displayName, email, password } from '../users/users.dto.js';

export const profileChanges = z
  .object({
    user: z.object({ email: email.nullish(), display_name: displayName }),
    current_password: z
      .string()
      .min(1)
      .max(1_024)
      .optional()
      .describe('needed where the e-mail address changes: who has that can have the password set anew'),
  })
  .meta({ id: 'ProfileChanges' });
export type ProfileChanges = z.output<typeof profileChanges>;

export const passwordChange = z.object({ current_password: z.string().min(1).max(1_024), password }).meta({
  id: 'PasswordChange',
});
export type PasswordChange = z.output<typeof passwordChange>;
