import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';

export interface RealRegistryOptions {
  /** Path of a registry program, 2.8 or 3.x. */
  binary: string;
  /** Where images are kept; a new temporary folder when absent, which `remove()` deletes. */
  dataDir?: string;
  /** `auth.token`; `rootcertbundle` and `jwks` (3.x) are paths. Without it everybody may do everything. */
  auth?: { realm: string; service: string; issuer: string; rootcertbundle?: string; jwks?: string };
  /** Where to post events, with `Authorization: Bearer <secret>`. */
  notifications?: { url: string; secret: string; includeReferences?: boolean };
  /** 0 (default) picks a free one. */
  port?: number;
  /** `storage.delete.enabled`; default true. */
  deleteEnabled?: boolean;
}

/** A registry process on 127.0.0.1, and the means to stop it and to start it again. */
export interface RealRegistry {
  readonly url: string;
  readonly hostPort: string;
  readonly port: number;
  readonly configPath: string;
  readonly dataDir: string;
  /** null while it is stopped. */
  readonly pid: number | null;
  /** What it wrote, over all its starts; the last 256 KiB. */
  logs(): string;
  /** Sends the signal (default SIGTERM) and waits for the end; after five seconds SIGKILL. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data; nothing when it runs. */
  start(): Promise<void>;
  /** Stops it and deletes the temporary folders that were made for it. */
  remove(): Promise<void>;
}

const READY_MS = 20_000;
const PATIENCE_MS = 5_000;
const LOG_BYTES = 256 * 1024;

/** Writes a configuration, starts the registry, and returns when `GET /v2/` answers. */
export async function startRealRegistry(options: RealRegistryOptions): Promise<RealRegistry> {
  const home = await mkdtemp(join(tmpdir(), 'portus-registry-'));
  const dataDir = options.dataDir ?? join(home, 'data');
  await mkdir(dataDir, { recursive: true });
  const port = options.port || (await freePort());
  const configPath = join(home, 'config.yml');
  // JSON is YAML, and needs no thought about quoting.
  await writeFile(configPath, JSON.stringify(registryConfig(options, dataDir, port), null, 2));
  const registry = new RegistryProcess(options.binary, configPath, dataDir, port, home);
  try {
    await registry.start();
  } catch (error) {
    await registry.remove();
    throw error;
  }
  return registry;
}

/** The registry's configuration, as an object. */
export function registryConfig(options: RealRegistryOptions, dataDir: string, port: number): Record<string, unknown> {
  const { auth, notifications } = options;
  return {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: dataDir },
      delete: { enabled: options.deleteEnabled ?? true },
    },
    http: { addr: `127.0.0.1:${port}`, secret: randomBytes(16).toString('hex') },
    ...(auth ? { auth: { token: auth } } : {}),
    ...(notifications ? { notifications: notificationConfig(notifications) } : {}),
  };
}

function notificationConfig(options: NonNullable<RealRegistryOptions['notifications']>): Record<string, unknown> {
  return {
    events: { includereferences: options.includeReferences ?? true },
    endpoints: [
      {
        name: 'portus',
        url: options.url,
        headers: { Authorization: [`Bearer ${options.secret}`] },
        timeout: '1s',
        threshold: 5,
        backoff: '200ms',
      },
    ],
  };
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

class RegistryProcess implements RealRegistry {
  readonly hostPort: string;
  readonly url: string;
  private child: ChildProcess | null = null;
  private ended: Promise<void> = Promise.resolve();
  private output = '';
  private readonly killWithUs = (): void => void this.child?.kill('SIGKILL');

  constructor(
    private readonly binary: string,
    readonly configPath: string,
    readonly dataDir: string,
    readonly port: number,
    private readonly home: string,
  ) {
    this.hostPort = `127.0.0.1:${port}`;
    this.url = `http://${this.hostPort}`;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  logs(): string {
    return this.output;
  }

  async start(): Promise<void> {
    if (this.child) return;
    const child = spawn(this.binary, ['serve', this.configPath], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Nothing of ours: REGISTRY_* variables would override the configuration.
      env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none', OTEL_SDK_DISABLED: 'true' },
    });
    this.child = child;
    process.on('exit', this.killWithUs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-LOG_BYTES)));
    }
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        if (this.child === child) this.child = null;
        process.off('exit', this.killWithUs);
        resolve();
      };
      child.once('exit', end).once('error', (error) => {
        this.output += `${error.message}\n`;
        end();
      });
    });
    await this.ready(child);
  }

  private async ready(child: ChildProcess): Promise<void> {
    const answers = async (): Promise<boolean> => {
      if (this.child !== child) return true;
      const answer = await fetch(`${this.url}/v2/`, { signal: AbortSignal.timeout(2_000) });
      await answer.body?.cancel();
      return answer.status === 200 || answer.status === 401;
    };
    await until(`registry on ${this.hostPort} answers`, answers, { timeoutMs: READY_MS }).catch(async (cause) => {
      await this.stop('SIGKILL');
      throw new Error(`the registry does not answer; it wrote:\n${this.output}`, { cause });
    });
    if (this.child !== child) throw new Error(`the registry ended at once; it wrote:\n${this.output}`);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (!child) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}
