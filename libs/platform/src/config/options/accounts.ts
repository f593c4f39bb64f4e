import { bool, integer, option, text } from './option.js';

/** How people come to an account. */
export const ACCOUNTS = {
  signUp: option(
    'PORTUS_SIGNUP_ENABLED',
    'Accounts',
    bool,
    'true',
    'Whether people may make themselves an account (POST /api/v1/users/sign_up).',
  ),
  firstUserAdmin: option(
    'PORTUS_FIRST_USER_ADMIN_ENABLED',
    'Accounts',
    bool,
    'true',
    'Whether the first one to sign up, or to call POST /api/v1/users/bootstrap, administers a Portus that has no users yet.',
  ),
  firstUserAdminSecret: option(
    'PORTUS_FIRST_USER_ADMIN_SECRET',
    'Accounts',
    text.min(8, 'must have 8 characters or more'),
    null,
    'What that first one has to show (`secret` in the body). Without it whoever comes first is let in, for a while.',
    { secret: true, example: 'a long random secret' },
  ),
  firstUserAdminWindow: option(
    'PORTUS_FIRST_USER_ADMIN_WINDOW',
    'Accounts',
    integer(0, 525_600),
    '15',
    'Minutes after the start of the api within which a Portus without users can be claimed without that secret; 0: not at all.',
  ),
} as const;
