import type { Request } from 'autocannon';
import { decodeJwt } from 'jose';
import { hashApplicationToken, newApplicationToken } from '#identity/application-token.js';
import type { House } from './house.js';

export const SERVICE = 'registry.bench:5000';

/** HTTP Basic of a user with a password or an application token. */
export function basic(username: string, secret: string): string {
  return `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
}

/** What docker sends before a push; with several repositories each request is about the next one. */
export function tokenRequest(authorization: string, repositories: readonly string[], service = SERVICE): Request {
  const paths = repositories.map((name) => {
    const query = new URLSearchParams({ account: 'bench', service, scope: `repository:${name}:pull,push` });
    return `/v2/token?${query.toString()}`;
  });
  let count = 0;
  const request = { method: 'GET', path: paths[0]!, headers: { authorization } };
  return { ...request, setupRequest: (one: Request) => ({ ...one, path: paths[count++ % paths.length]! }) };
}

/** Makes the credential warm, and makes sure that such requests are answered with both actions. */
export async function expectGrants(
  url: string,
  authorization: string,
  repositories: readonly string[],
  service = SERVICE,
): Promise<void> {
  for (const name of repositories.slice(0, 3)) {
    const { path = '' } = tokenRequest(authorization, [name], service);
    const answer = await fetch(`${url}${path}`, { headers: { authorization } });
    const { token } = (await answer.json()) as { token: string };
    const { access } = decodeJwt<{ access: { actions: string[] }[] }>(token);
    if (access[0]?.actions.length !== 2) throw new Error(`the token for ${name} grants ${JSON.stringify(access)}`);
  }
}

/** An application token of a user, straight into the table. */
export async function giveApplicationToken(house: House, username: string): Promise<string> {
  const token = newApplicationToken();
  const { rowCount } = await house.sql.query(
    `INSERT INTO application_tokens (user_id, application, token_hash) SELECT id, 'bench', $2 FROM users WHERE username = $1`,
    [username, hashApplicationToken(token)],
  );
  if (rowCount !== 1) throw new Error(`there is no user ${username}`);
  return token;
}
