/** Registry 2.8, or 3.x. */
export const CONFIG_VERSIONS = ['2.8', '3'] as const;
export type ConfigVersion = (typeof CONFIG_VERSIONS)[number];

export interface RegistryConfigFacts {
  version: ConfigVersion;
  /** As Portus knows it: the audience of its tokens. */
  service: string;
  /** Where clients reach Portus, such as `https://portus.example`. */
  portusUrl: string;
  /** Where the registry reaches Portus; often the same. */
  webhookUrl: string;
  issuer: string;
  webhookSecret: string;
  /** The same on all replicas; uploads are signed with it. */
  httpSecret: string;
  /** Path of the certificates of Portus's keys; null: it knows them by `jwks` alone. */
  bundle: string | null;
  /** Path of Portus's JWK Set, 3.x only. */
  jwks: string | null;
  /** How Portus signs, 3.x only. */
  algorithms: readonly string[];
  /** Of the registry itself; null: a proxy before it speaks TLS. */
  tls: { certificate: string; key: string } | null;
  /** Where clients reach the registry, where a proxy stands before it. */
  host: string | null;
  address: string;
  storage: string;
}

/** YAML's double-quoted scalars are JSON strings. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * The complete configuration of an unmodified registry that trusts Portus and reports to it. It holds the webhook
 * secret: to be kept readable by the registry's user alone.
 */
export function registryConfig(facts: RegistryConfigFacts): string {
  return [general(facts), http(facts), auth(facts), notifications(facts)].join('');
}

function general({ version, service, storage }: RegistryConfigFacts): string {
  return `# The registry ${service}, version ${version === '3' ? '3.x' : version}, beside Portus. Holds a secret: mode 0600.
version: 0.1
log:
  level: info
storage:
  filesystem:
    rootdirectory: ${quoted(storage)}
  delete:
    enabled: true # who may delete is decided by Portus; without this nobody can
  maintenance:
    uploadpurging: # uploads that nobody finished
      enabled: true
      age: 168h
      interval: 24h
      dryrun: false
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
`;
}

function http({ address, httpSecret, host, tls }: RegistryConfigFacts): string {
  const lines = [
    'http:',
    `  addr: ${quoted(address)}`,
    `  secret: ${quoted(httpSecret)} # the same on all replicas`,
    ...(host === null ? [] : [`  host: ${quoted(host)} # what it writes into Location`]),
    '  draintimeout: 60s # uploads under way at a stop',
    '  headers:',
    '    X-Content-Type-Options: [nosniff]',
  ];
  if (tls !== null) {
    lines.push('  tls:', `    certificate: ${quoted(tls.certificate)}`, `    key: ${quoted(tls.key)}`);
    lines.push('    minimumtls: tls1.2');
  }
  return `${lines.join('\n')}\n`;
}

function auth({ version, service, portusUrl, issuer, bundle, jwks, algorithms }: RegistryConfigFacts): string {
  const lines = [
    'auth:',
    '  token:',
    `    realm: ${quoted(`${portusUrl}/v2/token`)} # as clients reach Portus`,
    `    service: ${quoted(service)} # exactly as Portus knows it`,
    `    issuer: ${quoted(issuer)} # PORTUS_MACHINE_FQDN`,
  ];
  if (bundle !== null) lines.push(`    rootcertbundle: ${quoted(bundle)} # portus keys bundle`);
  if (version === '3') {
    if (jwks !== null) lines.push(`    jwks: ${quoted(jwks)} # portus keys jwks`);
    lines.push(`    signingalgorithms: [${algorithms.join(', ')}] # else it takes others too, HS256 among them`);
  }
  return `${lines.join('\n')}\n`;
}

function notifications({ webhookUrl, webhookSecret }: RegistryConfigFacts): string {
  return `notifications:
  events:
    includereferences: true
  endpoints:
    - name: portus
      url: ${quoted(`${webhookUrl}/v2/webhooks/events`)} # the final address: a redirect would lose events
      headers:
        Authorization: [${quoted(`Bearer ${webhookSecret}`)}]
      timeout: 5s # as long as Portus tries to store one
      threshold: 5 # failures in a row, after which it pauses
      backoff: 1s
      ignore:
        mediatypes: [application/octet-stream] # layers
        actions: [mount]
`;
}
