import type { Registry } from '#domain/registry/registry.entity.js';
import { type ClockReading, RegistryClient } from '#registry/registry-client.js';
import type { TokenSigner } from '#tokens/token-signer.js';
import type { RegistryClocks } from './registry-clocks.js';
import { traceCall } from './trace-call.js';

/** Name of the account as which Portus reads and writes registries; its own reads cause events that are dropped. */
export const SERVICE_ACCOUNT = 'portus';

const TOKEN_LIFETIME_SECONDS = 300;
/** How long what a registry asks for is believed: it may be configured anew. */
const AUDIENCE_MS = 60_000;

export interface RegistryClientSettings {
  connectTimeoutMs: number;
  readTimeoutMs: number;
  pageSize: number;
  maxConnections: number;
  /** Further attempts after a temporary failure. Default 2. */
  maxRetries?: number;
}

type Address = Pick<Registry, 'hostname' | 'externalHostname' | 'useSsl'>;

/** One client per registry, made anew when the registry's address changes. Tokens are signed in process. */
export class RegistryClients {
  private readonly clients = new Map<number, { key: string; client: RegistryClient }>();

  constructor(
    private readonly signer: TokenSigner,
    private readonly settings: RegistryClientSettings,
    private readonly clocks: Pick<RegistryClocks, 'note'> | null = null,
  ) {}

  of(registry: Address & Pick<Registry, 'id'>): RegistryClient {
    const key = JSON.stringify([registry.useSsl, registry.hostname, registry.externalHostname]);
    const known = this.clients.get(registry.id);
    if (known?.key === key) return known.client;
    void known?.client.close();
    const client = this.create(registry, SERVICE_ACCOUNT, (reading) => this.clocks?.note(registry.id, reading));
    this.clients.set(registry.id, { key, client });
    return client;
  }

  /**
   * A client of its own; the caller closes it. With a `subject` it signs its tokens in that person's name, so that the
   * registry's notifications tell who it was: only for changes, because a person's reads are counted as pulls.
   */
  create(
    registry: Address,
    subject: string = SERVICE_ACCOUNT,
    onClock?: (reading: ClockReading) => void,
  ): RegistryClient {
    let audience = { name: '', until: 0 };
    const client: RegistryClient = new RegistryClient({
      baseUrl: addressOf(registry),
      ...this.settings,
      onClock,
      around: traceCall,
      tokenFor: async (access) => {
        if (Date.now() > audience.until) {
          const name = audienceOf(registry, (await client.ping()).service);
          audience = { name, until: Date.now() + AUDIENCE_MS };
        }
        const signed = await this.signer.sign({
          subject,
          audience: audience.name,
          access,
          lifetime: TOKEN_LIFETIME_SECONDS,
          now: Date.now(),
        });
        return signed.token;
      },
    });
    return client;
  }

  /** A token with which the service account can pull from one repository, for others to use in its place. */
  async pullToken(registry: Address & Pick<Registry, 'id'>, repository: string, seconds: number): Promise<string> {
    const { service } = await this.of(registry).ping();
    const signed = await this.signer.sign({
      subject: SERVICE_ACCOUNT,
      audience: audienceOf(registry, service),
      access: [{ type: 'repository', name: repository, actions: ['pull'] }],
      lifetime: seconds,
      now: Date.now(),
    });
    return signed.token;
  }

  async close(): Promise<void> {
    await Promise.all([...this.clients.values()].map(({ client }) => client.close()));
    this.clients.clear();
  }
}

/** Where Portus itself reaches a registry. */
export function addressOf({ useSsl, hostname }: Pick<Registry, 'useSsl' | 'hostname'>): string {
  return `${useSsl ? 'https' : 'http'}://${hostname}`;
}

/**
 * The `service` that the registry asks for, if it is one of its own names: a registry that asks for another one's name
 * would get a token with which to open that other registry.
 */
function audienceOf(registry: Address, asked: string | null): string {
  return asked !== null && asked === registry.externalHostname ? asked : registry.hostname;
}
