import { z } from 'zod';
import { displayName, email, password } from '../users/users.dto.js';

export const profileChanges = z
  .object({ user: z.object({ email: email.nullish(), display_name: displayName }) })
  .meta({ id: 'ProfileChanges' });
export type ProfileChanges = z.output<typeof profileChanges>['user'];

export const passwordChange = z.object({ current_password: z.string().min(1).max(1_024), password }).meta({
  id: 'PasswordChange',
});
export type PasswordChange = z.output<typeof passwordChange>;
