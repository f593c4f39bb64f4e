import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeJson } from './state-file.mjs';

/** The repository that the printed commands push to, and for which the verification asks a token. */
const repositoryOf = (username) => `${username}/hello`;

const fileIn = (dataDir) => join(dataDir, 'quickstart.json');

/** A file from an earlier start would promise what is not true yet. */
export function removeQuickstart(dataDir) {
  rmSync(fileIn(dataDir), { force: true });
}

/** Status and body of a GET; status 0 when nobody answers. */
async function get(url, headers = {}) {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: error.cause?.message ?? error.message };
  }
}

/** True when a program's `/_health` says that it and all it needs are well. */
export async function isHealthy(url) {
  return (await get(`${url}/_health`)).status === 200;
}

/**
 * Walks the way of a push as far as possible without storing anything: the token endpoint grants push with the admin's
 * password, and the registry accepts that token.
 * @param {{ url: string, registry: string, registryUrl: string, username: string, password: string }} place
 * @returns {Promise<'works' | 'password changed'>}
 * @throws {Error} when neither is so for 20 seconds
 */
export async function verifyPush(place, signal, limitMs = 20_000) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const outcome = await tryPush(place);
    if (outcome.ok) return outcome.ok;
    if (Date.now() > deadline) throw new Error(`a push would fail: ${outcome.problem}`);
    await sleep(250, undefined, { signal });
  }
}

async function tryPush({ url, registry, registryUrl, username, password }) {
  const scope = `repository:${repositoryOf(username)}:pull,push`;
  const query = new URLSearchParams({ service: registry, account: username, scope });
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await get(`${url}/v2/token?${query}`, { authorization: basic });
  if (answer.status === 401) return { ok: 'password changed' };
  if (answer.status !== 200)
    return { problem: `${url}/v2/token answers ${answer.status} ${answer.text.slice(0, 200)}` };
  const { token } = JSON.parse(answer.text);
  if (!grantedActions(token, repositoryOf(username)).includes('push'))
    return { problem: `${url}/v2/token does not grant push on ${repositoryOf(username)} to ${username}` };
  const accepted = await get(`${registryUrl}/v2/`, { authorization: `Bearer ${token}` });
  if (accepted.status === 200) return { ok: 'works' };
  return { problem: `the registry at ${registryUrl} answers ${accepted.status} to a token of Portus` };
}

/** Actions that a token carries for a repository. The signature is the registry's business. */
export function grantedActions(token, repository) {
  const { access } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  return (access ?? []).filter((entry) => entry.name === repository).flatMap((entry) => entry.actions);
}

/** `{url, registry, username, password}`, mode 0600; without the password once the admin has changed it. */
export function writeQuickstart(dataDir, { url, registry, username, password }) {
  writeJson(fileIn(dataDir), { url, registry, username, ...(password && { password }) });
}

/** The lines to end with: where everything is, and what to type next. */
export function closingLines({ url, registry, username, password, dataDir }) {
  const from = relative(process.cwd(), dataDir) || '.';
  const folder = from.startsWith('..') ? dataDir : `./${from}`;
  const image = `${registry}/${repositoryOf(username)}:1`;
  return [
    '',
    `Portus is ready: ${url}   registry ${registry}   user ${username}   password ${password ?? '(the one you set)'}`,
    ...(password
      ? []
      : ['The first password no longer works (the admin has changed it), so quickstart.json leaves it out.']),
    `The data is in ${folder} and stays when Portus stops; logs are in ${folder}/logs. Ctrl-C stops everything.`,
    '',
    `Open ${url} in a browser and sign in as ${username}: the page leads on from there.`,
    '',
    'Or type next, in another terminal (IMAGE is any image you have: see `docker images`):',
    `  docker login ${registry} -u ${username}${password ? ` -p ${password}` : ''}`,
    `  docker tag IMAGE ${image} && docker push ${image}`,
    `  curl -u ${username}${password ? `:${password}` : ''} ${url}/api/v1/repositories`,
    '',
  ];
}

/** What to say when there is no registry to push to. */
export function withoutRegistryLines({ url, registry, username, password, configuration, missing }) {
  return [
    '',
    `Portus is running without a registry: ${missing}.`,
    `Web and API: ${url}   user ${username}   password ${password}`,
    '',
    `A complete configuration for a registry of your own was written to ${configuration} (it holds a secret).`,
    `Start one on this machine with it, and Portus governs it at once as ${registry}:`,
    `  registry serve ${configuration}`,
    'Or tell `npm start` where the program is: PORTUS_REGISTRY_BIN=/path/to/registry npm start',
    'A registry elsewhere: PORTUS_INIT_REGISTRY_HOSTNAME=host:port npm start',
    '',
  ];
}
