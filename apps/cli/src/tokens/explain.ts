import { hashApplicationToken, isApplicationToken } from '#identity/application-token.js';
import { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import { OPTIONS } from '#platform/config/options.js';
import { readOption } from '#platform/config/settings.js';
import { explainToken, type TokenExplanation } from '#tokens/explain-token.js';
import { loadKeyRing, readKeyPaths } from '#tokens/key-ring.js';
import type { PublishedKey } from '#tokens/published-key.js';
import { withDatabase } from '../database/with-database.js';
import { CommandFailure, type Io } from '../io.js';
import { give, type JsonOption } from '../output.js';
import { readSecretFile } from '../secret-input.js';

const MAX_BYTES = 64 * 1024;

/** Tells what a token says: one of a registry by itself, an application token by what is stored of it. */
export async function explain(file: string | undefined, options: JsonOption, io: Io): Promise<void> {
  const token = (file === undefined ? await io.input.readAll(MAX_BYTES) : readSecretFile(file, MAX_BYTES)).trim();
  if (isApplicationToken(token)) return explainApplicationToken(token, options, io);
  const issuer = readOption(OPTIONS.machineFqdn, io.env);
  const found = explainToken(token, keysOf(io), issuer, new Date());
  if (found === null) throw new CommandFailure('that is no token of a registry, and no application token');
  give(io, options, { kind: 'registry token', ...found }, describe(found));
}

/** Without the keys a token can be read all the same. */
function keysOf(io: Io): PublishedKey[] {
  if (readOption(OPTIONS.keyPath, io.env) === null) return [];
  return loadKeyRing(readKeyPaths(io.env), new Date()).published;
}

function describe({ claims, header, problems }: TokenExplanation): string {
  const access = Array.isArray(claims['access']) ? (claims['access'] as unknown[]) : [];
  const lines = [
    `subject    ${text(claims['sub']) || '(nobody)'}`,
    `audience   ${text(claims['aud'])}`,
    `issuer     ${text(claims['iss'])}`,
    `key        ${text(header['alg'])} ${text(header['kid'])}${header['x5c'] ? ', with its certificate' : ''}`,
    `valid      ${date(claims['nbf'])} to ${date(claims['exp'])}`,
    ...(access.length === 0 ? ['access     none: it only proves who it is'] : access.map(accessLine)),
    ...(problems.length === 0 ? ['registries that trust the key take it'] : problems.map((one) => `refused: ${one}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function accessLine(entry: unknown): string {
  const { type, name, actions } = (entry ?? {}) as Record<string, unknown>;
  return `access     ${text(type)} ${text(name)}: ${Array.isArray(actions) ? actions.map(text).join(', ') : ''}`;
}

/** What a stranger wrote is shown without control characters. */
const text = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll(/\p{Cc}/gu, '?').slice(0, 300) : JSON.stringify(value ?? '');

function date(value: unknown): string {
  const time = new Date(typeof value === 'number' ? value * 1000 : Number.NaN);
  return Number.isNaN(time.getTime()) ? '?' : time.toISOString();
}

async function explainApplicationToken(token: string, options: JsonOption, io: Io): Promise<void> {
  const found = await withDatabase(io, async (database) => {
    const tokens = new ApplicationTokensRepository(database);
    const owner = await tokens.ownerOf(hashApplicationToken(token));
    return owner && { owner, row: (await tokens.find(owner.tokenId))! };
  });
  if (found === null) throw new CommandFailure('no such application token is stored, or it has expired');
  const { user } = found.owner;
  const { id, application, expiresAt, actions, namespaces, lastUsedAt } = found.row;
  const usable = user.enabled && user.lockedAt === null;
  const view = {
    kind: 'application token',
    id,
    username: user.username,
    application,
    usable,
    expires_at: expiresAt?.toISOString() ?? null,
    actions,
    namespaces,
    last_used_at: lastUsedAt?.toISOString() ?? null,
  };
  const lines = [
    `application token ${id} "${application}" of ${user.username}${usable ? '' : ', who can not sign in'}`,
    `expires    ${view.expires_at ?? 'never'}`,
    `actions    ${actions?.join(', ') ?? 'what its user may do'}`,
    `namespaces ${namespaces?.map((name) => name || '(global)').join(', ') ?? 'all'}`,
    `last used  ${view.last_used_at ?? 'never'}`,
  ];
  give(io, options, view, `${lines.join('\n')}\n`);
}
