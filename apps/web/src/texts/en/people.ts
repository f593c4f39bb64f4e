/** People, teams, rights and tokens. */
export const people = {
  signIn: {
    title: 'Sign in',
    username: 'User name',
    password: 'Password',
    submit: 'Sign in',
    wrong: 'The name or the password is wrong.',
  },
} as const;
