import type { Registry } from '#domain/registry/registry.entity.js';
import { RegistryClient } from '#registry/registry-client.js';
import type { TokenSigner } from '#tokens/token-signer.js';

/** Name of the account as which Portus reads and writes registries; its own reads cause events that are dropped. */
export const SERVICE_ACCOUNT = 'portus';

const TOKEN_LIFETIME_SECONDS = 300;

export interface RegistryClientSettings {
  connectTimeoutMs: number;
  readTimeoutMs: number;
  pageSize: number;
  maxConnections: number;
}

/** One client per registry, made anew when the registry's address changes. Tokens are signed in process. */
export class RegistryClients {
  private readonly clients = new Map<number, { key: string; client: RegistryClient }>();

  constructor(
    private readonly signer: TokenSigner,
    private readonly settings: RegistryClientSettings,
  ) {}

  of(registry: Pick<Registry, 'id' | 'hostname' | 'useSsl'>): RegistryClient {
    const key = `${registry.useSsl}:${registry.hostname}`;
    const known = this.clients.get(registry.id);
    if (known?.key === key) return known.client;
    void known?.client.close();
    const client = this.create(registry);
    this.clients.set(registry.id, { key, client });
    return client;
  }

  /** A client of an address that is not stored; the caller closes it. */
  create(registry: Pick<Registry, 'hostname' | 'useSsl'>): RegistryClient {
    return new RegistryClient({
      baseUrl: `${registry.useSsl ? 'https' : 'http'}://${registry.hostname}`,
      ...this.settings,
      tokenFor: async (access) => {
        const signed = await this.signer.sign({
          subject: SERVICE_ACCOUNT,
          audience: registry.hostname,
          access,
          lifetime: TOKEN_LIFETIME_SECONDS,
          now: Date.now(),
        });
        return signed.token;
      },
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.clients.values()].map(({ client }) => client.close()));
    this.clients.clear();
  }
}
