import { loadSigningKey } from '#tokens/signing-key.js';
import { TokenSigner, type AccessEntry } from '#tokens/token-signer.js';
import { catalogOfDatabase, catalogOfRegistry, differences, waitingEvents, type Catalog } from './catalogs.js';
import type { Balancer } from './balancer.js';
import { query } from './databases.js';
import type { OwnPostgres } from './own-postgres.js';
import type { OwnRedis } from './own-redis.js';
import type { Program } from './program.js';
import type { RealRegistry } from './real-registry.js';
import { until } from './until.js';

const EQUAL_MS = 90_000;
const TOKEN_SECONDS = 300;

export interface StackParts {
  url: string;
  registryHost: string;
  databaseUrl: string;
  adminPassword: string;
  webhookSecret: string;
  balancer: Balancer | null;
  api: Program;
  registry: RealRegistry;
  redis: OwnRedis | null;
  postgres: OwnPostgres | null;
  signing: {
    keyPem: string;
    certificatePem: string;
    keyPath: string;
    certificatePath: string;
    /** The file by which the registry knows the key, of the kind that its setting in `auth.token` names. */
    trustPath: string;
    trust: 'rootcertbundle' | 'jwks';
    issuer: string;
  };
  /** What api and workers were first started with. */
  environment: Record<string, string>;
  newApi: (changes: Record<string, string | undefined>) => Promise<{ url: string; program: Program }>;
  newWorker: (changes: Record<string, string | undefined>) => Promise<Program>;
  undo: () => Promise<void>;
}

/** Whom to speak as. Without it the administrator; null: nobody. */
export type Speaker = { username: string; password: string } | null;

export interface RequestOptions {
  as?: Speaker;
  headers?: Record<string, string>;
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface TestUser {
  id: number;
  username: string;
  password: string;
}

/** One of several processes of the api. */
export interface Replica {
  url: string;
  registryHost: string;
  program: Program;
}

/** The running house, and what tests ask of it. */
export class Stack {
  readonly url: string;
  /** `localhost:<port>`: as clients name the registry, and its `service`. */
  readonly registryHost: string;
  readonly databaseUrl: string;
  readonly adminPassword: string;
  readonly webhookSecret: string;
  readonly api: Program;
  readonly workers: Program[] = [];
  readonly registry: RealRegistry;
  readonly redis: OwnRedis | null;
  readonly postgres: OwnPostgres | null;
  /** What the stack signs with. */
  readonly signing: StackParts['signing'];
  private readonly signer: TokenSigner;

  constructor(private readonly parts: StackParts) {
    this.url = parts.url;
    this.registryHost = parts.registryHost;
    this.databaseUrl = parts.databaseUrl;
    this.adminPassword = parts.adminPassword;
    this.webhookSecret = parts.webhookSecret;
    this.api = parts.api;
    this.registry = parts.registry;
    this.redis = parts.redis;
    this.postgres = parts.postgres;
    this.signing = parts.signing;
    const { keyPem, certificatePem, trust, issuer } = parts.signing;
    const known = trust === 'jwks' ? null : certificatePem;
    this.signer = new TokenSigner(loadSigningKey(keyPem, known, new Date()), issuer);
  }

  get admin(): NonNullable<Speaker> {
    return { username: 'admin', password: this.adminPassword };
  }

  /** The settings of the programs, for others that are to have the same. */
  programEnvironment(): Record<string, string> {
    return { ...this.parts.environment };
  }

  /** One more replica of the api, with other settings where they are given; the registry goes on asking the first. */
  async startApi(changes: Record<string, string | undefined> = {}): Promise<Replica> {
    return { ...(await this.parts.newApi(changes)), registryHost: this.registryHost };
  }

  /** One more replica of the api behind the balancer. */
  async addApi(): Promise<Program> {
    const { url, program } = await this.parts.newApi({});
    this.parts.balancer?.add(Number(new URL(url).port));
    return program;
  }

  /** One more worker, with other settings where they are given. */
  async startWorker(changes: Record<string, string | undefined> = {}): Promise<Program> {
    const worker = await this.parts.newWorker(changes);
    await worker.start();
    this.workers.push(worker);
    return worker;
  }

  /** Restarts api and workers with other settings, as an administrator does. */
  async restartWith(changes: Record<string, string | undefined>): Promise<void> {
    const restart = async (program: Program): Promise<void> => {
      program.reconfigure(changes);
      await program.stop();
      await program.start();
    };
    await Promise.all([this.api, ...this.workers].map(restart));
  }

  /** `path` without `/api/v1`, such as `/repositories`. */
  async get<T = unknown>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    return this.request<T>('GET', path, options);
  }

  async post<T = unknown>(path: string, body: unknown, options: RequestOptions = {}): Promise<Answer<T>> {
    return this.request<T>('POST', path, options, body);
  }

  async put<T = unknown>(path: string, body: unknown, options: RequestOptions = {}): Promise<Answer<T>> {
    return this.request<T>('PUT', path, options, body);
  }

  async delete<T = unknown>(path: string, options: RequestOptions & { body?: unknown } = {}): Promise<Answer<T>> {
    return this.request<T>('DELETE', path, options, options.body);
  }

  private async request<T>(method: string, path: string, options: RequestOptions, body?: unknown): Promise<Answer<T>> {
    const headers: Record<string, string> = { ...authorization(options.as, this.admin), ...options.headers };
    if (body !== undefined) headers['content-type'] ??= 'application/json';
    const text = body === undefined ? null : JSON.stringify(body);
    const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: text });
    const raw = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (raw === '' ? null : JSON.parse(raw)) as T };
  }

  /** A plain user, made through the API. */
  async createUser(username: string, password: string): Promise<TestUser> {
    const user = { username, email: `${username}@example.test`, password };
    const { status, body } = await this.post<{ id: number }>('/users', { user });
    if (status !== 201) throw new Error(`the user ${username} was answered ${status}: ${JSON.stringify(body)}`);
    return { id: body.id, username, password };
  }

  /** A token from the token endpoint, with whatever of the scopes was granted. */
  async token(scopes: string[], as?: Speaker): Promise<string> {
    const parameters = new URLSearchParams({ service: this.registryHost });
    for (const scope of scopes) parameters.append('scope', scope);
    const headers = authorization(as, this.admin);
    const answer = await fetch(`${this.url}/v2/token?${parameters.toString()}`, { headers });
    if (answer.status !== 200) throw new Error(`/v2/token answered ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { token: string }).token;
  }

  /** A token signed here with the stack's key, for times when the api is down. */
  async signToken(access: AccessEntry[], subject = 'portus'): Promise<string> {
    const audience = this.registryHost;
    const { token } = await this.signer.sign({ subject, audience, access, lifetime: TOKEN_SECONDS, now: Date.now() });
    return token;
  }

  /** Rows straight from PostgreSQL. */
  async sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return query<T>(this.databaseUrl, text, values);
  }

  async catalogOfDatabase(): Promise<Catalog> {
    return catalogOfDatabase(this.databaseUrl);
  }

  /** Read as the service account: what these reads cause is dropped at the door. */
  async catalogOfRegistry(): Promise<Catalog> {
    return catalogOfRegistry(this.registry.url, (access) => this.signToken(access));
  }

  /** Waits until no notification waits and the database equals the registry. Throws with what differs. */
  async untilEqual(timeoutMs = EQUAL_MS): Promise<Catalog> {
    let last = 'nothing could be compared';
    try {
      return await until('the catalog equals the registry', () => this.equal((text) => (last = text)), {
        timeoutMs,
        everyMs: 200,
      });
    } catch (cause) {
      throw new Error(`the catalog does not become equal to the registry; ${last}`, { cause });
    }
  }

  private async equal(note: (text: string) => void): Promise<Catalog | null> {
    const waiting = await waitingEvents(this.databaseUrl);
    const [database, registry] = [await this.catalogOfDatabase(), await this.catalogOfRegistry()];
    const lines = differences(database, registry);
    note(`${waiting} notifications wait; ${lines.length} differences\n${lines.slice(0, 40).join('\n')}`);
    return waiting === 0 && lines.length === 0 ? registry : null;
  }

  /** Everything that api and workers wrote. */
  logs(): string {
    return [this.api, ...this.workers].map((program) => program.logs()).join('');
  }

  /** Ends and removes everything, whatever state it is in. */
  async stop(): Promise<void> {
    await this.parts.undo();
  }
}

/** The header of HTTP Basic; empty for nobody. */
export function authorization(as: Speaker | undefined, fallback: NonNullable<Speaker>): Record<string, string> {
  if (as === null) return {};
  const { username, password } = as ?? fallback;
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}
