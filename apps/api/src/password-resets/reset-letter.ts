import type { Letter } from '#mail/letter.js';

/**
 * The letter to somebody who forgot the password. The secret stands behind `#`: a browser sends that to no server, so it
 * is in no log. The link is made of the settings, never of what the request called this server.
 */
export function resetLetter(user: { username: string; email: string | null }, site: string, token: string): Letter {
  const text = `Hello ${user.username},

somebody, probably you, asked for another password for your account at ${site}.
With this link you can set one. It is good for six hours, and for once:

${site}/reset_password#token=${token}

If it was not you, nothing has to be done: your password stays as it is.
`;
  return { to: user.email ?? '', subject: 'Your password for Portus', text };
}
