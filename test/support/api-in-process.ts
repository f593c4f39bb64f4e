import { generateKeyPairSync } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadSettings, type Settings } from '#platform/config/settings.js';
import { createLogger } from '#platform/logging/logger.js';
import { connectQueues, type QueueConnections } from '#queues/queue-backend.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { createApi } from '../../apps/api/src/http/create-app.js';
import { watchInject } from './contract/watch.js';
import { TestDatabase } from './test-database.js';

export interface Said<T> {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  body: T;
}

/** Whom to speak as, with a password or an application token. Without it the administrator; null: nobody. */
export type As = { username: string; password: string } | null;

export interface Options {
  as?: As;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Known {
  id: number;
  username: string;
  password: string;
}

const ADMIN = { username: 'admin', password: 'password of admin' };

/** The api with everything in it, over a database of its own, spoken to without a socket. For medium tests. */
export class ApiInProcess {
  readonly admin = ADMIN;

  private constructor(
    readonly database: TestDatabase,
    readonly app: NestFastifyApplication,
    readonly settings: Settings,
    private readonly queues: QueueConnections,
    /** `METHOD /path/:of` of everything that the application answers, by its own route table. */
    readonly routes: readonly string[],
  ) {}

  /**
   * @param env over the settings that every api needs; the first administrator is `admin`, and a registry that answers
   * nothing is known as `registry.test:5000`
   */
  static async start(env: Record<string, string> = {}): Promise<ApiInProcess> {
    const database = await TestDatabase.create();
    const { settings } = loadSettings({
      DATABASE_URL: database.url,
      PORTUS_KEY_PATH: 'made for this test',
      PORTUS_SECRET_KEY_BASE: 'secret of a test'.repeat(4),
      PORTUS_PASSWORD: 'password of portus',
      PORTUS_INIT_ADMIN_PASSWORD: ADMIN.password,
      PORTUS_INIT_REGISTRY_HOSTNAME: 'registry.test:5000',
      PORTUS_LOG_LEVEL: process.env['PORTUS_TEST_LOG_LEVEL'] ?? 'fatal',
      ...env,
    });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const signing = loadSigningKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), null, new Date());
    // Nobody listens there: a ring that is lost costs nothing but time, and no worker runs here.
    const queues = connectQueues('producer', { ...settings, redisUrl: 'redis://127.0.0.1:1' }, () => undefined);
    const logger = createLogger('portus-api-test', settings.logLevel);
    const routes: string[] = [];
    const onRoute = ({ method, url }: { method: string | string[]; url: string }): void => {
      routes.push(...[method].flat().map((one) => `${one} ${url}`));
    };
    const keys = { signing, published: [], warnings: [] };
    const app = await createApi({ settings, logger, queues, keys }, { onRoute });
    watchInject(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new ApiInProcess(database, app, settings, queues, routes);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.queues.close();
    await this.database.drop();
  }

  /** `path` without `/api/v1`. */
  async ask<T = unknown>(method: string, path: string, options: Options = {}): Promise<Said<T>> {
    const as = options.as === undefined ? ADMIN : options.as;
    const basic = as && `Basic ${Buffer.from(`${as.username}:${as.password}`).toString('base64')}`;
    const headers = { ...(basic ? { authorization: basic } : {}), ...options.headers };
    const payload = options.body === undefined ? {} : { payload: options.body as object };
    const answer = await this.app.inject({ method: method as 'GET', url: `/api/v1${path}`, headers, ...payload });
    const text = answer.body;
    const json = text !== '' && String(answer.headers['content-type']).startsWith('application/json');
    return { status: answer.statusCode, headers: answer.headers, body: (json ? JSON.parse(text) : text) as T };
  }

  async get<T = unknown>(path: string, options: Options = {}): Promise<Said<T>> {
    return this.ask<T>('GET', path, options);
  }

  async post<T = unknown>(path: string, body: unknown, options: Options = {}): Promise<Said<T>> {
    return this.ask<T>('POST', path, { ...options, body });
  }

  async put<T = unknown>(path: string, body: unknown, options: Options = {}): Promise<Said<T>> {
    return this.ask<T>('PUT', path, { ...options, body });
  }

  async delete<T = unknown>(path: string, options: Options = {}): Promise<Said<T>> {
    return this.ask<T>('DELETE', path, options);
  }

  /** A person, made through the api; `changes` to `user{…}` afterwards, such as `{ admin: true }`. */
  async person(username: string, changes: Record<string, unknown> | null = null): Promise<Known> {
    const password = `password of ${username}`;
    const made = await this.post('/users', { user: { username, email: `${username}@example.test`, password } });
    if (made.status !== 201) throw new Error(`${username}: ${made.status} ${JSON.stringify(made.body)}`);
    const { id } = made.body as { id: number };
    if (changes !== null) await this.put(`/users/${id}`, { user: changes });
    return { id, username, password };
  }

  /** Keys of what was recorded about subjects of a type, oldest first. */
  async told(subjectType: string): Promise<string[]> {
    const rows = await this.database.sql.query<{ key: string }>(
      'SELECT key FROM activities WHERE subject_type = $1 ORDER BY id',
      [subjectType],
    );
    return rows.map(({ key }) => key);
  }
}
