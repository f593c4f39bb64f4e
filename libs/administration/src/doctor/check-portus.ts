import { SERVICE_ACCOUNT } from '#catalog/registry-clients.js';
import { PasswordHasher } from '#identity/password-hasher.js';
import type { Database } from '#persistence/database.js';
import { InboxRepository, tellBacklog } from '#persistence/inbox.repository.js';
import { schemaState } from '#persistence/migrate.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Settings } from '#platform/config/settings.js';
import { storeProblem } from '#queues/check-store.js';
import { redisKind } from '#queues/redis-client.js';
import { certificateProblems, type KeyRing } from '#tokens/key-ring.js';
import { type Finding, Findings } from './finding.js';

/** Whoever waits longer than this for a worker has none, seconds. */
const PATIENCE_SECONDS = 60;

/** Whether the keys can be used, now and in a month. */
export function checkKeys(keys: KeyRing, now: Date): Finding[] {
  const found = new Findings('portus');
  const { keyId, algorithm, x5c } = keys.signing;
  const problems = certificateProblems(keys, now);
  for (const problem of problems) {
    found.warn('keys', problem, 'make a new key: portus keys rotate');
  }
  if (x5c === null) {
    const message = 'tokens carry a key id only: registry 3.x needs a jwks file, or the certificate';
    found.warn('keys', message, 'PORTUS_CERT_PATH=<the certificate in the registry’s rootcertbundle>');
  }
  if (found.list.length === 0) found.ok('keys', `${algorithm}, key id ${keyId}, with its certificate`);
  return found.list;
}

/** Whether the schema is the one of this program. */
export async function checkSchema(database: Database): Promise<Finding[]> {
  const found = new Findings('portus');
  const { missing, unknown } = await schemaState(database);
  if (missing.length > 0) {
    found.wrong(
      'schema',
      `${missing.length} migrations were not run, the first is ${missing[0]}`,
      'npm run db:migrate',
    );
  } else if (unknown.length > 0) {
    found.wrong('schema', `a newer Portus has migrated it (${unknown.at(-1)})`, 'start the newer version of Portus');
  } else found.ok('schema', 'the database is reachable and of this version');
  return found.list;
}

/** Whether rings can be rung, and whether somebody hears them. */
export async function checkQueues(settings: Settings, database: Database): Promise<Finding[]> {
  const found = new Findings('portus');
  const { redisUrl } = settings;
  const problem = await storeProblem(settings);
  const place = redisUrl === null ? 'PostgreSQL' : redisKind(settings);
  if (problem === null) found.ok('queue', `queues live in ${place}`);
  else if (problem.includes('maxmemory-policy'))
    found.warn('queue', problem, 'redis.conf: maxmemory-policy noeviction');
  else found.wrong('queue', problem, redisUrl === null ? 'npm run db:migrate' : 'REDIS_URL=<where Redis is>');
  if (!settings.registryEvents) {
    const message = 'workers leave notifications alone';
    found.warn('worker', message, 'PORTUS_BACKGROUND_REGISTRY_ENABLED=true');
  }
  const backlog = await new InboxRepository(database).backlog();
  const line = tellBacklog(backlog);
  if (backlog.oldestSeconds > PATIENCE_SECONDS)
    found.warn('backlog', line, 'start a worker: node dist/programs/worker.js');
  else found.ok('backlog', line);
  return found.list;
}

/** Whether the account as which Portus acts is there, with the password of the settings. */
export async function checkAccount(settings: Settings, database: Database): Promise<Finding[]> {
  const found = new Findings('portus');
  const account = await new UsersRepository(database).findByName(SERVICE_ACCOUNT);
  const repair = 'portus api-account';
  if (account === null) found.wrong('account', 'there is no service account', repair);
  else if (!account.service) {
    found.wrong('account', 'a person has the name of the service account', 'rename that user in the database');
  } else if (!(await new PasswordHasher().verify(account.passwordHash, settings.servicePassword))) {
    found.warn('account', 'the service account has another password than PORTUS_PASSWORD', repair);
  } else found.ok('account', 'the service account is as it should be');
  return found.list;
}
