import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Stack } from './stack-handle.js';

export interface TokenBody {
  token: string;
  access_token: string;
  expires_in: number;
  issued_at: string;
  scope?: string;
  refresh_token?: string;
  errors?: { code: string; message: string; detail: unknown }[];
}

export interface TokenAnswer {
  status: number;
  headers: Headers;
  body: TokenBody;
  raw: string;
}

/** Parameters as sent; a list is a repeated parameter. */
export type Parameters = Record<string, string | string[]>;

/** The api that is asked. */
type Asked = Pick<Stack, 'url' | 'registryHost'>;

/** `GET /v2/token`. Parameters that are not given are left out, except for the service. */
export async function getToken(
  stack: Asked,
  parameters: Parameters,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const query = encode({ service: stack.registryHost, ...parameters });
  return read(await fetch(`${stack.url}/v2/token?${query.toString()}`, { headers }));
}

/** `POST /v2/token` with a form. */
export async function postToken(
  stack: Asked,
  form: Parameters,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const body = encode({ service: stack.registryHost, ...form });
  return read(await fetch(`${stack.url}/v2/token`, { method: 'POST', headers, body }));
}

/** HTTP Basic. */
export function basic(username: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

export interface Claims {
  iss: string;
  sub: string;
  aud: string;
  exp: number;
  nbf: number;
  iat: number;
  jti: string;
  access: { type: string; name: string; actions: string[] }[];
}

export const claimsOf = (answer: TokenAnswer): Claims => decodeJwt(answer.body.token) as unknown as Claims;
export const headerOf = (answer: TokenAnswer) => decodeProtectedHeader(answer.body.token);

/** What a token grants, one line for each resource, sorted. */
export function granted(answer: TokenAnswer): string[] {
  return claimsOf(answer)
    .access.map(({ type, name, actions }) => `${type}:${name}:${actions.toSorted().join(',')}`)
    .toSorted();
}

function encode(parameters: Parameters): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) for (const one of [value].flat()) query.append(name, one);
  return query;
}

async function read(answer: Response): Promise<TokenAnswer> {
  const raw = await answer.text();
  return { status: answer.status, headers: answer.headers, body: JSON.parse(raw) as TokenBody, raw };
}
