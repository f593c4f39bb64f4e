import { getBlob } from './blobs.js';
import { catalogPages, type CatalogPage } from './catalog.js';
import {
  deleteManifest,
  type Deletion,
  getManifest,
  headManifest,
  putManifest,
  type ManifestAnswer,
  type ManifestHead,
  type ManifestOptions,
} from './manifests.js';
import { ping, type PingAnswer, takesTokens } from './ping.js';
import { listTags, type TagListing } from './tags.js';
import type { RegistryAccess } from './transport/bearer.js';
import type { ClockReading } from './transport/clock.js';
import { type Around, Transport } from './transport/transport.js';

export type { CatalogPage } from './catalog.js';
export type { AbsenceCode, Deletion, ManifestAnswer, ManifestHead, ManifestOptions } from './manifests.js';
export type { PingAnswer } from './ping.js';
export type { TagListing } from './tags.js';
export type { ClockReading } from './transport/clock.js';
export type { RegistryAccess } from './transport/bearer.js';
export type { Around } from './transport/transport.js';

export interface RegistryClientOptions {
  /** Such as `http://127.0.0.1:5000`. From configuration, never from an event: its writer chose the Host header. */
  baseUrl: string;
  /**
   * Signs a short-lived bearer token in process. Tokens are kept per set of rights until shortly before their `exp`,
   * and replaced once when the registry answers 401. Realms that a registry names are never asked.
   */
  tokenFor: (access: RegistryAccess[]) => Promise<string>;
  /** Default 2000. */
  connectTimeoutMs?: number;
  /** For an answer's headers, for each silence in its body, and for the whole body. Default 120000. */
  readTimeoutMs?: number;
  /** Further attempts after a temporary failure. Default 2. */
  maxRetries?: number;
  /** Entries asked for per page. Default 100; a registry refuses more than its own limit, by default 1000. */
  pageSize?: number;
  /** Connections kept to the registry, and so the requests under way at once. Default 8. */
  maxConnections?: number;
  userAgent?: string;
  /** Called with what each of the registry's own answers says of its clock. Must not throw. */
  onClock?: ((reading: ClockReading) => void) | undefined;
  /** Is there when a request is sent and answered. */
  around?: Around;
}

/**
 * A client of one registry's distribution API. Every answer is read within caps and timeouts and believed only as far
 * as it proves itself. All methods throw {@link RegistryError}; when their `signal` is aborted, its reason.
 */
export class RegistryClient {
  private readonly transport: Transport;
  private readonly pageSize: number;

  /** Opens no connection. Throws `BAD_BASE_URL`. */
  constructor(options: RegistryClientOptions) {
    this.pageSize = options.pageSize ?? 100;
    this.transport = new Transport({
      baseUrl: options.baseUrl,
      tokenFor: options.tokenFor,
      connectTimeoutMs: options.connectTimeoutMs ?? 2_000,
      readTimeoutMs: options.readTimeoutMs ?? 120_000,
      maxRetries: options.maxRetries ?? 2,
      maxConnections: options.maxConnections ?? 8,
      userAgent: options.userAgent ?? 'portus',
      onClock: options.onClock,
      around: options.around,
    });
  }

  /** Whether a registry answers here, asked without a token. */
  async ping(signal?: AbortSignal): Promise<PingAnswer> {
    return ping(this.transport, signal);
  }

  /** Whether it believes the tokens that we sign. */
  async takesTokens(signal?: AbortSignal): Promise<boolean> {
    return takesTokens(this.transport, signal);
  }

  /**
   * The catalog, page by page, from the beginning or behind `last`. It "may contain" what is long deleted, and on
   * object storage registry 2.8 may skip entries: neither is proof. Ends normally only after the last page.
   */
  catalog(options: { last?: string; signal?: AbortSignal } = {}): AsyncGenerator<CatalogPage> {
    return catalogPages(this.transport, { pageSize: this.pageSize, ...options });
  }

  /** All tags of a repository. `absent` only on the registry's own NAME_UNKNOWN; an HTML or plain 404 throws. */
  async tags(repository: string, signal?: AbortSignal): Promise<TagListing> {
    return listTags(this.transport, repository, { pageSize: this.pageSize, signal });
  }

  /** A manifest by tag or digest, its digest verified. A GET makes a pull event; a 304 does not. */
  async manifest(repository: string, reference: string, options: ManifestOptions = {}): Promise<ManifestAnswer> {
    return getManifest(this.transport, repository, reference, options);
  }

  /** What a tag or digest points to, without the body. */
  async headManifest(repository: string, reference: string, options: ManifestOptions = {}): Promise<ManifestHead> {
    return headManifest(this.transport, repository, reference, options);
  }

  /** A blob of at most `maxBytes`, its digest verified. Throws `BLOB_UNKNOWN` when the registry does not have it. */
  async blob(repository: string, digest: string, options: { maxBytes: number; signal?: AbortSignal }): Promise<Buffer> {
    return getBlob(this.transport, repository, digest, options);
  }

  /** Deletes a manifest (and with it all its tags) by digest, or one tag where the registry can do that. */
  async deleteManifest(repository: string, reference: string, signal?: AbortSignal): Promise<Deletion> {
    return deleteManifest(this.transport, repository, reference, signal);
  }

  /** Stores a manifest under a tag or its digest. */
  async putManifest(
    repository: string,
    reference: string,
    mediaType: string,
    body: Buffer,
    signal?: AbortSignal,
  ): Promise<{ digest: string }> {
    return putManifest(this.transport, repository, reference, mediaType, body, signal);
  }

  /** Waits for requests under way and closes the connections; abort them first to be quick. */
  async close(): Promise<void> {
    await this.transport.close();
  }
}
