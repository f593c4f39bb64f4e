import { judgeClocks } from '#domain/registry/judge-clocks.js';
import type { Database } from '#persistence/database.js';
import { ClocksRepository } from '#persistence/clocks.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { PingAnswer } from '#registry/registry-client.js';
import { checkRealm } from './check-realm.js';
import { checkWebhook } from './check-webhook.js';
import { explainRefusal } from './explain-refusal.js';
import { type Finding, Findings } from './finding.js';
import type { RegistryProbe } from './registry-probe.js';

export interface RegistryCheckOptions {
  database: Database;
  /** Where clients reach Portus; null: not known. */
  portusUrl: string | null;
  /** Whether something may be pushed. */
  canary: boolean;
  /** How long a notification may take. */
  patienceMs: number;
}

const ABSENT = `sha256:${'0'.repeat(64)}`;

/** Everything between one registry and Portus, from the outside to the inside: what depends on what failed is skipped. */
export async function checkRegistry(probe: RegistryProbe, options: RegistryCheckOptions): Promise<Finding[]> {
  const found = new Findings(probe.registry.name);
  const reached = await reach(probe, found);
  if (reached === null) return found.list;
  const { answer, aheadMs } = reached;
  await checkClock(found, options.database, aheadMs);
  const service = checkChallenge(found, probe, answer);
  if (service === null) return found.list;
  const { keyId } = probe.signing;
  await checkRealm(found, { realm: answer.realm ?? '', service, portusUrl: options.portusUrl, keyId });
  if (!(await checkToken(found, probe, { service, realm: answer.realm ?? '', aheadMs }))) return found.list;
  await probe.with(service, async (client) => {
    await checkCatalog(found, client);
    await checkDeletes(found, client);
    const { database, portusUrl, patienceMs } = options;
    const parts = { registry: probe.registry, database, client, webhookUrl: portusUrl, patienceMs };
    if (options.canary) await checkWebhook(found, parts);
    else found.skip('webhook', 'nothing was pushed (--no-canary)');
  });
  return found.list;
}

async function reach(probe: RegistryProbe, found: Findings): Promise<{ answer: PingAnswer; aheadMs: number } | null> {
  let aheadMs = 0;
  const client = probe.client('', {}, (ahead) => (aheadMs = ahead));
  try {
    const answer = await client.ping(AbortSignal.timeout(10_000));
    found.ok('reach', `it answers at ${probe.url}`);
    return { answer, aheadMs };
  } catch (error) {
    const reason = error instanceof RegistryError ? error.message : 'no answer in time';
    const { id, useSsl } = probe.registry;
    const path = `PUT /api/v1/registries/${id}`;
    const change = `${path} {"registry":{"hostname":"<host:port>","use_ssl":${String(!useSsl)}}}, or start the registry`;
    found.wrong('reach', `it does not answer at ${probe.url}: ${reason}`, change);
    return null;
  } finally {
    await client.close();
  }
}

async function checkClock(found: Findings, database: Database, registryAheadMs: number): Promise<void> {
  const databaseAheadMs = await new ClocksRepository(database).databaseAheadMs();
  const off = judgeClocks({ registryAheadMs, databaseAheadMs });
  const seconds = Math.round(Math.abs(registryAheadMs) / 1000);
  if (off === 'none') return found.ok('clock', `its clock agrees, within ${Math.max(1, seconds)} s`);
  const whose = { registry: 'of the registry', portus: 'of Portus', unknown: 'of one of them' }[off];
  found.wrong(
    'clock',
    `its clock is ${seconds} s ${registryAheadMs > 0 ? 'ahead' : 'behind'}`,
    `set the clock ${whose}`,
  );
}

/** The service that it asks for, when it asks for a token at all, for a service that is its own. */
function checkChallenge(found: Findings, { registry }: RegistryProbe, answer: PingAnswer): string | null {
  const { service, realm } = answer;
  const names = [registry.hostname, registry.externalHostname].filter((name) => name !== null);
  const line = `config.yml of the registry: auth.token.service: ${JSON.stringify(names.at(-1))}`;
  if (service === null || realm === null) {
    const change = `config.yml of the registry: auth.token, as "portus registry config ${registry.name}" prints it`;
    found.wrong('service', 'it asks for no token of Portus: everybody may do everything there, or nobody', change);
    return null;
  }
  if (names.includes(service)) {
    found.ok('service', `it asks for the service ${service}`);
    return service;
  }
  found.wrong('service', `it asks for the service ${JSON.stringify(service)}, which is none of its names here`, line);
  return null;
}

async function checkToken(
  found: Findings,
  probe: RegistryProbe,
  facts: { service: string; realm: string; aheadMs: number },
): Promise<boolean> {
  if (await probe.believes(facts.service, {})) {
    found.ok('token', `it believes the tokens of the key ${probe.signing.keyId}`);
    return true;
  }
  const { message, change } = await explainRefusal(probe, facts);
  found.wrong('token', `it refuses the tokens of Portus: ${message}`, change);
  return false;
}

type Client = Parameters<Parameters<RegistryProbe['with']>[1]>[0];

async function checkCatalog(found: Findings, client: Client): Promise<void> {
  try {
    await client.catalog({ signal: AbortSignal.timeout(30_000) }).next();
    found.ok('catalog', 'its catalog can be read');
  } catch (error) {
    const reason = error instanceof RegistryError ? `${error.code}, ${error.message}` : String(error);
    found.wrong(
      'catalog',
      `its catalog can not be read: ${reason}`,
      'let /v2/_catalog through, in the proxy before it',
    );
  }
}

/** Asks to delete what is not there. */
async function checkDeletes(found: Findings, client: Client): Promise<void> {
  const outcome = await client.deleteManifest('portus-canary', ABSENT).catch((error: Error) => error);
  if (outcome === 'absent' || outcome === 'deleted') return found.ok('delete', 'it can delete');
  if (outcome === 'disabled') {
    const change = 'config.yml of the registry: storage.delete.enabled: true';
    return found.warn('delete', 'it deletes nothing', change);
  }
  found.warn('delete', `whether it deletes could not be found out: ${String(outcome)}`);
}
