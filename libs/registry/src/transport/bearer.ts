import { RegistryError } from '../errors.js';

/** One entry of a token's `access` claim (distribution token spec, "JWT", `access`). */
export interface RegistryAccess {
  type: 'repository' | 'registry';
  name: string;
  actions: string[];
}

/** Signs a short-lived bearer token that carries `access`. */
export type TokenSource = (access: RegistryAccess[]) => Promise<string>;

interface CachedToken {
  token: Promise<string>;
  /** Milliseconds since the epoch; +∞ while it is being signed. */
  freshUntil: number;
}

/** A token that is no JWT is taken to live for five minutes, the default of our own tokens. */
const ASSUMED_LIFETIME_MS = 300_000;
/** Left unused at the end: the longest that a request may wait before the registry looks at its token. */
const MARGIN_MS = 60_000;
/**
 * Tokens differ by repository, and a sync touches all of them, again and again: to sign them anew each time costs more
 * than to ask. About a kilobyte each; the cache must not grow with the registry.
 */
const MAX_CACHED = 16_384;

/** Keeps one token per set of rights until shortly before it expires. Concurrent callers share one signature. */
export class BearerCache {
  private readonly tokens = new Map<string, CachedToken>();

  constructor(
    private readonly source: TokenSource,
    private readonly now: () => number = Date.now,
  ) {}

  /** A token for the access. Throws `TOKEN_UNAVAILABLE` when the source fails; the next call asks it again. */
  async get(access: RegistryAccess[], url: URL): Promise<string> {
    const wanted = normaliseAccess(access);
    const key = JSON.stringify(wanted);
    const cached = this.tokens.get(key);
    const entry = cached && cached.freshUntil > this.now() ? cached : this.sign(key, wanted);
    try {
      return await entry.token;
    } catch (cause) {
      throw new RegistryError('TOKEN_UNAVAILABLE', {
        message: 'no token could be signed for the registry',
        url,
        cause,
      });
    }
  }

  /** Forgets a token that the registry refused, unless another caller has already replaced it. */
  async refuse(access: RegistryAccess[], token: string): Promise<void> {
    const key = JSON.stringify(normaliseAccess(access));
    const cached = this.tokens.get(key);
    if (cached && (await cached.token.catch(() => token)) === token && this.tokens.get(key) === cached) {
      this.tokens.delete(key);
    }
  }

  private sign(key: string, access: RegistryAccess[]): CachedToken {
    const begun = this.now();
    const entry: CachedToken = { token: (async () => this.source(access))(), freshUntil: Number.POSITIVE_INFINITY };
    entry.token.then(
      (token) => (entry.freshUntil = begun + usableMs(token)),
      () => this.tokens.get(key) === entry && this.tokens.delete(key),
    );
    this.tokens.delete(key);
    this.tokens.set(key, entry);
    // A Map keeps the order of insertion: the first key is the oldest token.
    if (this.tokens.size > MAX_CACHED) this.tokens.delete(this.tokens.keys().next().value!);
    return entry;
  }
}

/** Sorted, without repetitions and with one entry per resource, so that equal rights make equal text. */
export function normaliseAccess(access: RegistryAccess[]): RegistryAccess[] {
  const merged = new Map<string, RegistryAccess>();
  for (const { type, name, actions } of access) {
    const key = `${type}:${name}`;
    const known = merged.get(key)?.actions ?? [];
    merged.set(key, { type, name, actions: [...new Set([...known, ...actions])].sort() });
  }
  return [...merged.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/**
 * How long a token is used, in milliseconds: its lifetime by its own `iat` (or `nbf`) and `exp` less a margin of 60 s,
 * or of half its life if that is shorter. The signature is not checked: the registry does that.
 */
export function usableMs(token: string): number {
  const lifetime = lifetimeMs(token) ?? ASSUMED_LIFETIME_MS;
  return lifetime - Math.min(MARGIN_MS, lifetime / 2);
}

function lifetimeMs(token: string): number | null {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as unknown;
    const { iat, nbf, exp } = claims as Record<string, unknown>;
    const start = typeof iat === 'number' ? iat : nbf;
    if (typeof start !== 'number' || typeof exp !== 'number' || !(exp > start)) return null;
    return (exp - start) * 1000;
  } catch {
    return null;
  }
}
