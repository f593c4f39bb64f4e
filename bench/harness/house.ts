import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import pg from 'pg';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { freePort } from '../../test/support/real-registry.js';
import { parentOf } from './cpu.js';
import { type Program, startProgram } from './program.js';

export type QueueStore = 'redis' | 'postgres';

export interface HouseOptions {
  queues: QueueStore;
  /** host:port of the registry; also its `service`. */
  registry: string;
  /** What signs tokens; default ec (P-256). */
  key?: 'ec' | 'rsa';
}

export const ADMIN = { username: 'admin', password: 'a password for benchmarks' };
export const WEBHOOK_SECRET = 'a-secret-for-notifications-of-benchmarks';
export const ISSUER = 'portus.bench';

/** True when the machine has the store; without Redis its rows can't be measured. */
export const hasRedis = (): boolean => process.env['REDIS_URL'] !== undefined;

/** Api and worker on a database of their own, wired as in production, each a process. */
export class House {
  private readonly running: Program[] = [];

  private constructor(
    readonly databaseUrl: string,
    /** Connections of the benchmark itself, to prepare and to look. */
    readonly sql: pg.Pool,
    readonly folder: string,
    readonly keyPem: string,
    readonly certificatePem: string,
    private readonly options: HouseOptions,
  ) {}

  /** Makes the database and brings it to the newest schema. */
  static async build(options: HouseOptions): Promise<House> {
    const database = `portus_bench_${randomBytes(6).toString('hex')}`;
    await administrate(`CREATE DATABASE ${database}`);
    const url = new URL(serverUrl());
    url.pathname = `/${database}`;
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: ISSUER, kind: options.key ?? 'ec' });
    const folder = mkdtempSync(join(tmpdir(), 'portus-bench-house-'));
    writeFileSync(join(folder, 'key.pem'), keyPem, { mode: 0o600 });
    writeFileSync(join(folder, 'certificate.pem'), certificatePem);
    const sql = new pg.Pool({ connectionString: url.href, max: 2 });
    const house = new House(url.href, sql, folder, keyPem, certificatePem, options);
    await promisify(execFile)(process.execPath, ['dist/programs/migrate.js'], { env: house.environment() });
    return house;
  }

  /** How many rows there are: `scans WHERE state = 'done'`. */
  async count(what: string): Promise<number> {
    return (await this.sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${what}`)).rows[0]!.n;
  }

  /** What a registry that trusts this house has in `auth.token`. */
  get registryAuth(): { realm: string; service: string; issuer: string; rootcertbundle: string } {
    const rootcertbundle = join(this.folder, 'certificate.pem');
    return { realm: 'http://127.0.0.1:9/v2/token', service: this.options.registry, issuer: ISSUER, rootcertbundle };
  }

  /** The server whose children are the connections; null where it can not be seen, as on another machine. */
  async databasePid(): Promise<number | null> {
    const { rows } = await this.sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return parentOf(rows[0]!.pid);
  }

  async startApi(env: Record<string, string> = {}): Promise<Program> {
    const port = await freePort();
    return this.start('programs/api.js', port, '/_health', { PORTUS_PORT: String(port), ...env });
  }

  async startWorker(env: Record<string, string> = {}): Promise<Program> {
    const port = await freePort();
    return this.start('programs/worker.js', port, '/_health', { PORTUS_WORKER_PORT: String(port), ...env });
  }

  /** A program of `bench/limits`, on the same database and with the same key. */
  async startLimit(name: string, env: Record<string, string> = {}): Promise<Program> {
    const port = await freePort();
    return this.start(`bench/limits/${name}.js`, port, '/ready', { BENCH_PORT: String(port), ...env });
  }

  /** Stops the programs and drops the database. */
  async remove(): Promise<void> {
    for (const program of this.running.toReversed()) await program.stop();
    await this.sql.end();
    await administrate(`DROP DATABASE ${new URL(this.databaseUrl).pathname.slice(1)} WITH (FORCE)`);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async start(
    program: string,
    port: number,
    readyPath: string,
    more: Record<string, string>,
  ): Promise<Program> {
    const env = { ...this.environment(), ...more };
    const started = await startProgram({ program, port, readyPath, env, folder: this.folder });
    this.running.push(started);
    return started;
  }

  private environment(): Record<string, string> {
    const redisUrl = process.env['REDIS_URL'];
    return {
      DATABASE_URL: this.databaseUrl,
      ...(this.options.queues === 'redis' && redisUrl ? { REDIS_URL: redisUrl } : {}),
      PORTUS_HOST: '127.0.0.1',
      PORTUS_MACHINE_FQDN: ISSUER,
      PORTUS_KEY_PATH: join(this.folder, 'key.pem'),
      PORTUS_CERT_PATH: join(this.folder, 'certificate.pem'),
      PORTUS_SECRET_KEY_BASE: 'benchmarks have no secrets, only long words',
      PORTUS_PASSWORD: 'a password of the service account',
      // A sync beside the measured work would be measured too.
      PORTUS_BACKGROUND_SYNC_ENABLED: 'false',
      PORTUS_INIT_REGISTRY_NAME: 'bench',
      PORTUS_INIT_REGISTRY_HOSTNAME: this.options.registry,
      PORTUS_INIT_REGISTRY_WEBHOOK_SECRET: WEBHOOK_SECRET,
      PORTUS_INIT_ADMIN_USERNAME: ADMIN.username,
      PORTUS_INIT_ADMIN_PASSWORD: ADMIN.password,
    };
  }
}

function serverUrl(): string {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set: run the benchmarks with `npm run bench`');
  return url;
}

async function administrate(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
