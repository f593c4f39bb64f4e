import type { Registry } from '#domain/registry/registry.entity.js';
import { RegistryClient } from '#registry/registry-client.js';
import type { SigningKey } from '#tokens/signing-key.js';
import { TokenSigner } from '#tokens/token-signer.js';

/** What a token is signed with, where it is not as in the settings. */
export interface TokenVariant {
  key?: SigningKey;
  issuer?: string;
  /** The signing clock is moved by so much. */
  aheadMs?: number;
}

const LIFETIME_SECONDS = 300;
const PATIENCE_MS = 10_000;

/** Asks one registry, with tokens as Portus signs them or a little different. */
export class RegistryProbe {
  constructor(
    readonly registry: Registry,
    readonly signing: SigningKey,
    readonly issuer: string,
  ) {}

  get url(): string {
    return `${this.registry.useSsl ? 'https' : 'http'}://${this.registry.hostname}`;
  }

  /** A client whose tokens are for `audience`; the caller closes it. */
  client(audience: string, variant: TokenVariant = {}, onClock?: (aheadMs: number) => void): RegistryClient {
    const signer = new TokenSigner(variant.key ?? this.signing, variant.issuer ?? this.issuer);
    return new RegistryClient({
      baseUrl: this.url,
      connectTimeoutMs: PATIENCE_MS,
      readTimeoutMs: PATIENCE_MS,
      maxRetries: 0,
      maxConnections: 1,
      onClock: onClock && ((reading) => onClock(reading.aheadMs)),
      tokenFor: async (access) => {
        const now = Date.now() + (variant.aheadMs ?? 0);
        const claims = { subject: 'portus', audience, access, lifetime: LIFETIME_SECONDS, now };
        return (await signer.sign(claims)).token;
      },
    });
  }

  /** Runs `work` with a client, and closes it. */
  async with<T>(audience: string, work: (client: RegistryClient) => Promise<T>, variant?: TokenVariant): Promise<T> {
    const client = this.client(audience, variant);
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }

  /** Whether the registry believes a token of this kind; false also when it does not answer. */
  async believes(audience: string, variant: TokenVariant): Promise<boolean> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return this.with(audience, (client) => client.takesTokens(signal), variant).catch(() => false);
  }
}
