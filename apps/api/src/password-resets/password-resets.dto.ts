import { z } from 'zod';
import { email, password } from '#domain/user/user-input.js';

export const resetRequest = z.object({ email }).meta({ id: 'PasswordResetRequest' });
export type ResetRequest = z.output<typeof resetRequest>;

export const passwordReset = z
  .object({ token: z.string().max(1_024).meta({ description: 'Out of the mail.' }), password })
  .meta({ id: 'PasswordReset' });
export type PasswordReset = z.output<typeof passwordReset>;

export const requestedView = z.object({ message: z.string() }).meta({ id: 'PasswordResetRequested' });
