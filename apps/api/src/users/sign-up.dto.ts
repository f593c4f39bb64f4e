import { z } from 'zod';
import { displayName, email, password, username } from '#domain/user/user-input.js';

const secret = z
  .string()
  .max(4_096)
  .optional()
  .meta({ description: 'PORTUS_FIRST_USER_ADMIN_SECRET, of the first user of a Portus that has it set.' });

export const signUpBody = z
  .object({ user: z.object({ username, email, password, display_name: displayName }), secret })
  .meta({ id: 'SignUpInput' });
export type SignUpBody = z.output<typeof signUpBody>;

export const bootstrapView = z
  .object({ id: z.number(), application: z.string(), plain_token: z.string() })
  .meta({ id: 'BootstrapToken' });

export const signInOptionsView = z
  .object({
    sign_up: z.boolean().meta({ description: 'Whether people may make themselves an account.' }),
    first_user: z.boolean().meta({ description: 'Nobody has an account yet: the first one will administer.' }),
    first_user_secret: z.boolean().meta({ description: 'And has to show a secret.' }),
    password_reset: z.boolean().meta({ description: 'Whether forgotten passwords are set anew by mail.' }),
    explore: z.boolean().meta({ description: 'Whether visitors may look for public repositories.' }),
  })
  .meta({ id: 'SignInOptions' });
export type SignInOptions = z.output<typeof signInOptionsView>;
