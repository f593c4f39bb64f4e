import { isIP } from 'node:net';
import { z } from 'zod';
import { PUSH_POLICIES } from '#domain/policy/facts.js';
import { SYNC_STRATEGIES } from '#domain/sync/strategy.js';

/** One environment variable. `secret` values may also come from a file (`NAME_FILE`) and are never printed. */
export interface Option {
  name: string;
  schema: z.ZodType;
  /** As a person would write it in the environment; null: no default. */
  fallback: string | null;
  group: string;
  text: string;
  secret?: boolean;
  example?: string;
}

const text = z.string().trim().min(1).max(4096);
const bool = z
  .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
  .transform((value) => ['true', '1', 'yes', 'on'].includes(value));
const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const port = integer(0, 65_535);
/** Minutes. Never less than one: clients take a shorter lifetime for 60 seconds. */
const lifetime = integer(1, 1440);
const HOST_PORT = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/;
const hostPort = text.regex(HOST_PORT, 'must be host or host:port, without a scheme');

function isListOfNetworks(value: string): boolean {
  if (value === '') return true;
  return value.split(',').every((part) => {
    const [address = '', bits = '0', ...rest] = part.trim().split('/');
    const family = isIP(address);
    const max = family === 4 ? 32 : 128;
    return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= max;
  });
}

function isExpression(value: string): boolean {
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}

function option<T extends z.ZodType>(
  name: string,
  group: string,
  schema: T,
  fallback: string | null,
  about: string,
  more: Pick<Option, 'secret' | 'example'> = {},
): Option & { schema: T } {
  return { name, group, schema, fallback, text: about, ...more };
}

/** Every setting of Portus; `.env.example` and the documentation are generated from this list. */
export const OPTIONS = {
  databaseUrl: option(
    'DATABASE_URL',
    'Stores',
    text.regex(/^postgres(?:ql)?:\/\//, 'must be a postgres:// URL'),
    null,
    'PostgreSQL, the only truth.',
    { secret: true, example: 'postgres://portus:secret@localhost:5432/portus' },
  ),
  databasePool: option('PORTUS_DB_POOL', 'Stores', integer(2, 200), '10', 'Connections of each process to PostgreSQL.'),
  redisUrl: option(
    'REDIS_URL',
    'Stores',
    text.regex(/^rediss?:\/\//, 'must be a redis:// URL'),
    null,
    'Redis for the queues. Without it they live in PostgreSQL.',
    { secret: true, example: 'redis://localhost:6379' },
  ),

  host: option('PORTUS_HOST', 'Server', text, '0.0.0.0', 'Address that the api listens on.'),
  port: option('PORTUS_PORT', 'Server', port, '3000', 'Port of the api.'),
  workerPort: option('PORTUS_WORKER_PORT', 'Server', port, '0', 'Port of the health endpoint of the worker; 0: none.'),
  metricsPort: option(
    'PORTUS_METRICS_PORT',
    'Server',
    port,
    '0',
    'Port of /metrics, for Prometheus, of each program; 0: none. Two programs on one machine need two ports.',
  ),
  machineFqdn: option(
    'PORTUS_MACHINE_FQDN',
    'Server',
    text,
    'portus.test.lan',
    'Name of this Portus; the issuer of its tokens (`auth.token.issuer` of the registry).',
  ),
  trustedProxies: option(
    'PORTUS_TRUSTED_PROXIES',
    'Server',
    z.string().trim().max(4096).refine(isListOfNetworks, 'must be addresses or CIDR ranges, separated by commas'),
    '',
    'Addresses or CIDR ranges, separated by commas, whose X-Forwarded-For is believed.',
  ),
  logLevel: option(
    'PORTUS_LOG_LEVEL',
    'Server',
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    'info',
    'Least important level that is logged.',
  ),

  keyPath: option(
    'PORTUS_KEY_PATH',
    'Tokens',
    text,
    null,
    'PEM file of the private key that signs tokens: RSA (2048 bits or more) or EC P-256.',
    { example: '/secrets/portus.key' },
  ),
  certPath: option(
    'PORTUS_CERT_PATH',
    'Tokens',
    text,
    null,
    'PEM file of its certificate, the one in `rootcertbundle` of the registry. Without it tokens carry a key id only, which registry 3.x accepts only with a jwks file.',
    { example: '/secrets/portus.crt' },
  ),
  otherKeyPaths: option(
    'PORTUS_OTHER_KEY_PATHS',
    'Tokens',
    z
      .string()
      .max(4096)
      .transform((value) => value.split(',').flatMap((path) => path.trim() || [])),
    '',
    'PEM files, separated by commas, of the keys that registries shall trust besides it: certificates or public keys of the one that signed before, or will sign next. They are published and never sign.',
  ),
  tokenLifetime: option(
    'PORTUS_REGISTRY_JWT_EXPIRATION_TIME',
    'Tokens',
    lifetime,
    '5',
    'Lifetime of registry tokens, minutes. A right that is withdrawn lives on in tokens for so long.',
  ),
  pullTokenLifetime: option(
    'PORTUS_REGISTRY_JWT_PULL_EXPIRATION_TIME',
    'Tokens',
    lifetime,
    null,
    'Lifetime of tokens that grant nothing but pulls, minutes, where it differs. Longer: fewer requests; shorter: a withdrawn right ends sooner.',
    { example: '5' },
  ),
  pushTokenLifetime: option(
    'PORTUS_REGISTRY_JWT_PUSH_EXPIRATION_TIME',
    'Tokens',
    lifetime,
    null,
    'Lifetime of tokens that grant more than pulls, minutes, where it differs. Uploads may last longer: registries look at the token when a request begins.',
    { example: '5' },
  ),
  tokenGrace: option(
    'PORTUS_TOKEN_GRACE',
    'Tokens',
    integer(0, 86_400),
    '600',
    'Seconds for which pulls are served from recently confirmed facts while the database is away; 0: not at all.',
  ),
  secretKeyBase: option(
    'PORTUS_SECRET_KEY_BASE',
    'Tokens',
    text.min(32, 'must have 32 characters or more'),
    null,
    'Secret from which internal keys are derived.',
    { secret: true, example: 'at least 32 random characters' },
  ),
  servicePassword: option(
    'PORTUS_PASSWORD',
    'Tokens',
    text.min(8, 'must have 8 characters or more'),
    null,
    'Password of the service account `portus`.',
    { secret: true, example: 'a long random password' },
  ),

  pushPolicy: option(
    'PORTUS_USER_PERMISSION_PUSH_IMAGES_POLICY',
    'Rights',
    z.enum(PUSH_POLICIES),
    'allow-teams',
    'Who may push: owners and contributors of the team; only into the own personal namespace; only administrators.',
  ),
  createTeam: option(
    'PORTUS_USER_PERMISSION_CREATE_TEAM_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may create teams.',
  ),
  manageTeam: option(
    'PORTUS_USER_PERMISSION_MANAGE_TEAM_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may change teams that they own.',
  ),
  createNamespace: option(
    'PORTUS_USER_PERMISSION_CREATE_NAMESPACE_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may create namespaces for teams in which they may push.',
  ),
  manageNamespace: option(
    'PORTUS_USER_PERMISSION_MANAGE_NAMESPACE_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may change namespaces of teams that they own.',
  ),
  changeVisibility: option(
    'PORTUS_USER_PERMISSION_CHANGE_VISIBILITY_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may change the visibility of namespaces of teams that they own.',
  ),
  deleteEnabled: option('PORTUS_DELETE_ENABLED', 'Rights', bool, 'true', 'Whether anybody may delete.'),
  contributorsDelete: option(
    'PORTUS_DELETE_CONTRIBUTORS',
    'Rights',
    bool,
    'false',
    'Whether contributors may delete, besides owners and administrators.',
  ),
  deleteMoveShared: option(
    'PORTUS_DELETE_MOVE_SHARED',
    'Rights',
    bool,
    'false',
    'Whether a tag whose digest others share is moved to a throw-away manifest and deleted with it, where the registry deletes by digest only (2.8). Otherwise such a deletion is refused.',
  ),
  retentionEnabled: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_ENABLED',
    'Retention',
    bool,
    'false',
    'Whether the rule of these settings applies, to all repositories, beside the rules that the API keeps.',
  ),
  retentionOlderThan: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_OLDER_THAN',
    'Retention',
    integer(1, 36_500),
    '30',
    'Days without a push and without a pull after which that rule drops a tag.',
  ),
  retentionKeepLatest: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_KEEP_LATEST',
    'Retention',
    integer(0, 100_000),
    '5',
    'Newest matching tags of each repository that that rule keeps.',
  ),
  retentionTag: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_TAG',
    'Retention',
    z.string().trim().max(256).refine(isExpression, 'is not a regular expression'),
    '',
    'Regular expression, found anywhere in the name, of the tags that that rule is about; empty: all.',
  ),
  retentionInterval: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_INTERVAL',
    'Retention',
    integer(1, 2_592_000),
    '3600',
    'Seconds between two runs of retention.',
  ),
  anonymousBrowsing: option(
    'PORTUS_ANONYMOUS_BROWSING_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether visitors who are not signed in may search public repositories (GET /api/v1/explore).',
  ),
  anonymousAccess: option(
    'PORTUS_ANONYMOUS_ACCESS_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether public namespaces may be pulled without signing in.',
  ),

  registryEvents: option(
    'PORTUS_BACKGROUND_REGISTRY_ENABLED',
    'Background',
    bool,
    'true',
    'Whether workers handle notifications. Switched off, they are still stored and wait.',
  ),
  syncEnabled: option(
    'PORTUS_BACKGROUND_SYNC_ENABLED',
    'Background',
    bool,
    'true',
    'Whether workers run syncs by schedule.',
  ),
  syncStrategy: option(
    'PORTUS_BACKGROUND_SYNC_STRATEGY',
    'Background',
    z.enum(SYNC_STRATEGIES),
    'initial',
    'initial: import once; on-start: at each start of a worker; update: periodically, removes nothing; update-delete: periodically, removes what is proved and confirmed to be gone.',
  ),
  syncInterval: option(
    'PORTUS_BACKGROUND_SYNC_INTERVAL',
    'Background',
    integer(1, 604_800),
    '60',
    'Seconds between two syncs of names.',
  ),
  syncDeepInterval: option(
    'PORTUS_BACKGROUND_SYNC_DEEP_INTERVAL',
    'Background',
    integer(1, 2_592_000),
    '3600',
    'Seconds between two deep syncs, which also ask for the digest of every tag.',
  ),
  syncConfirmation: option(
    'PORTUS_BACKGROUND_SYNC_CONFIRMATION',
    'Background',
    integer(1, 604_800),
    '60',
    'Seconds after which an absence is asked for a second time before anything is removed.',
  ),
  syncConcurrency: option(
    'PORTUS_BACKGROUND_SYNC_CONCURRENCY',
    'Background',
    integer(1, 64),
    '4',
    'Repositories that one worker reads from a registry at the same time, in each sync.',
  ),
  syncDeepRate: option(
    'PORTUS_BACKGROUND_SYNC_DEEP_RATE',
    'Background',
    integer(0, 100_000),
    '50',
    'Tags that a deep sync by schedule asks for per second and worker, so that it is spread over time; 0: as many as it can.',
  ),
  syncRemovalShare: option(
    'PORTUS_BACKGROUND_SYNC_REMOVAL_SHARE',
    'Background',
    integer(0, 100),
    '10',
    'Percent of the known repositories, or tags, that a sync may remove without the yes of an administrator.',
  ),
  syncRemovalMinimum: option(
    'PORTUS_BACKGROUND_SYNC_REMOVAL_MINIMUM',
    'Background',
    integer(0, 1_000_000),
    '20',
    'So many may always be removed without a yes, also where they are a greater share.',
  ),
  syncUndoDays: option(
    'PORTUS_BACKGROUND_SYNC_UNDO_DAYS',
    'Background',
    integer(0, 3650),
    '30',
    'Days for which what a sync removed can be brought back.',
  ),
  catalogPage: option(
    'PORTUS_REGISTRY_CATALOG_PAGE',
    'Background',
    integer(1, 1000),
    '100',
    'Page size of catalog listings.',
  ),
  registryTimeout: option(
    'PORTUS_REGISTRY_TIMEOUT',
    'Background',
    integer(1, 600),
    '2',
    'Seconds to connect to a registry.',
  ),
  registryReadTimeout: option(
    'PORTUS_REGISTRY_READ_TIMEOUT',
    'Background',
    integer(1, 3600),
    '120',
    'Seconds to wait for an answer of a registry.',
  ),
  eventRetention: option(
    'PORTUS_EVENTS_RETENTION_DAYS',
    'Background',
    integer(1, 3650),
    '14',
    'Days for which handled notifications are kept.',
  ),
  denialRetention: option(
    'PORTUS_DENIALS_RETENTION_DAYS',
    'Background',
    integer(1, 3650),
    '30',
    'Days for which refused requests for tokens are kept.',
  ),
  newNamespaceTeam: option(
    'PORTUS_NEW_NAMESPACE_TEAM',
    'Background',
    text.max(255),
    null,
    'Team that gets the private namespaces which are made for images found in an unknown one; without it, or where there is no such team, administrators only.',
    { example: 'everybody' },
  ),
  pullRetention: option(
    'PORTUS_PULLS_RETENTION_DAYS',
    'Background',
    integer(1, 3650),
    '400',
    'Days for which the pulls of a tag are kept by day.',
  ),

  initRegistryName: option(
    'PORTUS_INIT_REGISTRY_NAME',
    'First start',
    text.max(255),
    'registry',
    'Name of the registry that is made at the first start.',
  ),
  initRegistryHostname: option(
    'PORTUS_INIT_REGISTRY_HOSTNAME',
    'First start',
    hostPort,
    null,
    'host[:port] of that registry, also its `service`. Without it none is made.',
    { example: 'registry.example.test:5000' },
  ),
  initRegistryExternalHostname: option(
    'PORTUS_INIT_REGISTRY_EXTERNAL_HOSTNAME',
    'First start',
    hostPort,
    null,
    'host[:port] by which clients reach that registry, where it differs.',
    { example: 'registry.example.test' },
  ),
  initRegistryUseSsl: option(
    'PORTUS_INIT_REGISTRY_USE_SSL',
    'First start',
    bool,
    'false',
    'Whether that registry speaks TLS.',
  ),
  initRegistryWebhookSecret: option(
    'PORTUS_INIT_REGISTRY_WEBHOOK_SECRET',
    'First start',
    text
      .min(16, 'must have 16 characters or more')
      .max(512)
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces: it travels in a header'),
    null,
    'Secret that its notifications carry (`Authorization: Bearer …`).',
    { secret: true, example: 'a long random secret' },
  ),
  initRegistryUnsignedEvents: option(
    'PORTUS_INIT_REGISTRY_UNSIGNED_EVENTS',
    'First start',
    bool,
    'false',
    'Whether its notifications may come without a secret, as an old Portus had them. Whoever reaches the api can then speak for it.',
  ),
  initAdminUsername: option(
    'PORTUS_INIT_ADMIN_USERNAME',
    'First start',
    text.max(255),
    'admin',
    'Name of the administrator that is made while there is none.',
  ),
  initAdminPassword: option(
    'PORTUS_INIT_ADMIN_PASSWORD',
    'First start',
    text.min(8, 'must have 8 characters or more'),
    null,
    'Password of that administrator. Without it none is made.',
    { secret: true, example: 'a long random password' },
  ),

  perPage: option(
    'PORTUS_PAGINATION_PER_PAGE',
    'API',
    integer(1, 1000),
    '15',
    'Items of a page of the API, unless `per_page` asks for another number.',
  ),
} as const;
