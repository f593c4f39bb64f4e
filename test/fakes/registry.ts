import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildImage, buildIndex, type BuiltContent, type BuiltImage, type ImageOptions } from '../factories/image.js';
import { describeHappening, EVENT_MEDIA_TYPES, type EventEnvelope, type Happening } from './registry/events.js';
import { announceDeletion, announcePush } from './registry/manifest-routes.js';
import { errorReply, plainReply, sendReply, type Fault, type Reply, type SeenRequest } from './registry/reply.js';
import { findRoute, type NeededAccess } from './registry/routes.js';
import { RegistryStore, type Flavour } from './registry/store.js';

export type { EventEnvelope, RegistryEvent } from './registry/events.js';
export type { Fault, Reply, SeenRequest } from './registry/reply.js';
export type { NeededAccess } from './registry/routes.js';
export type { Flavour } from './registry/store.js';

export interface FakeRegistryOptions {
  /** Default '3'. */
  flavour?: Flavour;
  /** Default true. */
  deleteEnabled?: boolean;
  /** `catalog.maxentries`; default 1000. */
  maxEntries?: number;
  /** `notifications.events.includereferences`; default false. */
  includeReferences?: boolean;
  /** Gets every notification, one event each, in order. Delivering and losing them is up to the test. */
  onEvent?: (envelope: EventEnvelope) => void;
  /** Returns the actor's name ('' anonymous), or null to refuse with 401. Without it everything is allowed. */
  authorize?: (authorization: string | undefined, needed: NeededAccess[]) => Promise<string | null> | string | null;
}

/** Of a change made directly in the store. */
export interface ChangeOptions {
  /** True: no notification, as if it had been lost. */
  silent?: boolean;
  /** Default 'alice'. */
  actor?: string;
}

/** Who did it, and by which request. */
interface Cause {
  method: string;
  host: string;
  addr: string;
  useragent: string;
  actor: string;
}

/**
 * A Docker/OCI registry in this process: real HTTP on 127.0.0.1, everything in memory. It behaves as registry 2.8.2 or
 * 3.1.1 as far as the conformance suite says, and it can be made to misbehave.
 */
export class FakeRegistry {
  readonly flavour: Flavour;
  /** Every request since the start or the last `requests.length = 0`, in order of arrival. */
  readonly requests: SeenRequest[] = [];
  /** Asked for every request; what it returns happens instead of the answer. */
  fault: ((request: SeenRequest) => Fault | undefined) | null = null;
  /** Asked for every request; the answer waits for what it returns. */
  gate: ((request: SeenRequest) => Promise<unknown> | undefined) | null = null;
  /** Its clock is ahead of the true one by so much. */
  clockAheadMs = 0;
  deleteEnabled: boolean;
  onEvent: FakeRegistryOptions['onEvent'];
  private readonly store: RegistryStore;
  private readonly uploads = new Map<string, Buffer>();
  private instanceID = randomUUID() as string;
  private server: Server | null = null;

  constructor(private readonly options: FakeRegistryOptions = {}) {
    this.flavour = options.flavour ?? '3';
    this.deleteEnabled = options.deleteEnabled ?? true;
    this.onEvent = options.onEvent;
    this.store = new RegistryStore(this.flavour);
  }

  /** Listens on 127.0.0.1 (0 picks a port) as a new instance; the content of an earlier run is kept. */
  async start(port = 0): Promise<void> {
    this.instanceID = randomUUID();
    const server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    this.server = server;
  }

  /** Closes the port and all connections. */
  async stop(): Promise<void> {
    const server = this.server;
    if (!server) return;
    this.server = null;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  get hostPort(): string {
    const address = this.server?.address() as AddressInfo | null | undefined;
    return address ? `127.0.0.1:${address.port}` : '127.0.0.1:0';
  }

  get url(): string {
    return `http://${this.hostPort}`;
  }

  /** Media type with which this flavour posts its envelopes. */
  get eventMediaType(): string {
    return EVENT_MEDIA_TYPES[this.flavour];
  }

  /** Pushes an image made of the options; a null tag pushes by digest. */
  putImage(repository: string, tag: string | null, image: ImageOptions & ChangeOptions = {}): BuiltImage {
    const built = buildImage(image);
    this.putBuilt(repository, tag, built, image);
    return built;
  }

  /** Pushes an image that was built elsewhere. */
  putBuilt(repository: string, tag: string | null, image: BuiltImage, options: ChangeOptions = {}): void {
    for (const blob of [...image.layers, image.config]) this.store.putBlob(repository, blob.body);
    this.putManifest(repository, tag, image.manifest, options);
  }

  /** Pushes an index after its children, which stay untagged. */
  putIndex(
    repository: string,
    tag: string | null,
    children: ImageOptions[],
    options: ChangeOptions & { kind?: 'oci' | 'docker' } = {},
  ): { index: BuiltContent; children: BuiltImage[] } {
    const images = children.map((child) => this.putImage(repository, null, { ...options, ...child }));
    const index = buildIndex(images, options);
    this.putManifest(repository, tag, index, options);
    return { index, children: images };
  }

  /** Points `tag` to what `reference` (tag or digest) names now. Throws when that is unknown. */
  retag(repository: string, reference: string, tag: string, options: ChangeOptions = {}): string {
    const manifest = this.store.manifest(repository, reference);
    if (!manifest) throw new Error(`no ${reference} in ${repository}`);
    this.putManifest(repository, tag, manifest, options);
    return manifest.digest;
  }

  /** Removes a tag and nothing else; by API only 3.x can do that. False when there was none. */
  deleteTag(repository: string, tag: string, options: ChangeOptions = {}): boolean {
    const deleted = this.store.deleteTag(repository, tag);
    if (deleted) this.announcer('DELETE', options)({ action: 'delete', repository, tag });
    return deleted;
  }

  /** Removes a manifest with its tags, which are returned; null when there was none. */
  deleteManifest(repository: string, digest: string, options: ChangeOptions = {}): string[] | null {
    const tags = this.store.deleteManifest(repository, digest);
    if (tags) announceDeletion({ announce: this.announcer('DELETE', options) }, repository, digest, tags);
    return tags;
  }

  /** As `rm -r` on the volume: the registry knows the name no more, and tells nobody. */
  forgetRepository(repository: string): void {
    this.store.forget(repository);
  }

  /** An empty volume. */
  clear(): void {
    this.store.clear();
  }

  /** Repository → tag → digest of all repositories that tags/list knows, also those that lost their last tag. */
  snapshot(): Map<string, Map<string, string>> {
    return this.store.snapshot();
  }

  private putManifest(
    repository: string,
    tag: string | null,
    manifest: { mediaType: string; body: Buffer },
    options: ChangeOptions,
  ): void {
    const stored = this.store.putManifest(repository, tag, manifest.mediaType, manifest.body);
    const context = { announce: this.announcer('PUT', options), includeReferences: this.includeReferences };
    announcePush(context, repository, stored, tag);
  }

  private get includeReferences(): boolean {
    return this.options.includeReferences ?? false;
  }

  private announcer(method: string, options: ChangeOptions): (happening: Happening) => void {
    if (options.silent) return () => undefined;
    const actor = options.actor ?? 'alice';
    return this.announceFor({ method, host: this.hostPort, addr: '127.0.0.1:1', useragent: 'fake-client/1', actor });
  }

  /** Events of one request share its id. */
  private announceFor(cause: Cause): (happening: Happening) => void {
    const { actor, ...rest } = cause;
    const request = { id: randomUUID(), ...rest };
    return (happening) => {
      const facts = { request, actor, instanceID: this.instanceID, now: new Date(Date.now() + this.clockAheadMs) };
      this.onEvent?.({ events: [describeHappening(this.flavour, happening, facts)] });
    };
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('date', new Date(Date.now() + this.clockAheadMs).toUTCString());
    const request = await readRequest(incoming);
    if (!request) return;
    this.requests.push(request);
    await this.gate?.(request);
    const outcome = await this.exchange(request);
    if (outcome === 'hang') return;
    if (outcome === 'hangup') incoming.socket.destroy();
    else await sendReply(response, request.method, outcome);
  }

  /** What the registry does with a request that came without a socket: its answer, or a fault. */
  async exchange(request: SeenRequest): Promise<Fault> {
    return this.fault?.(request) ?? (await this.answer(request));
  }

  private async answer(request: SeenRequest): Promise<Reply> {
    const route = findRoute(request);
    if (!route) return plainReply(404);
    const { authorize } = this.options;
    const actor = authorize ? await authorize(request.headers.authorization, route.access) : '';
    if (actor === null) return this.challenge(route.access);
    const { store, uploads, deleteEnabled, includeReferences } = this;
    const { headers, method, remote: addr } = request;
    const useragent = headers['user-agent'] ?? '';
    const announce = this.announceFor({ method, host: headers.host ?? '', addr, useragent, actor });
    const maxEntries = this.options.maxEntries ?? 1000;
    return route.run({ store, request, uploads, deleteEnabled, includeReferences, maxEntries, announce });
  }

  private challenge(needed: NeededAccess[]): Reply {
    const scope = needed.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`).join(' ');
    const challenge = `Bearer realm="http://127.0.0.1/v2/token",service="registry.test"${scope ? `,scope="${scope}"` : ''}`;
    const reply = errorReply(this.flavour, 401, 'UNAUTHORIZED', 'authentication required', null);
    return { ...reply, headers: { ...reply.headers, 'www-authenticate': challenge } };
  }
}

/** Null when the client went away before its request was complete. */
async function readRequest(incoming: IncomingMessage): Promise<SeenRequest | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const url = new URL(incoming.url ?? '/', 'http://fake');
    return {
      method: incoming.method ?? 'GET',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(chunks),
      remote: `${incoming.socket.remoteAddress ?? ''}:${incoming.socket.remotePort ?? 0}`,
    };
  } catch {
    return null;
  }
}
