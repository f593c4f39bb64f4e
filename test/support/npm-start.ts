import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BuiltImage } from '../factories/image.js';
import { quietPort } from './ports.js';
import { pushImage } from './push-image.js';
import { until } from './until.js';

const START = join(import.meta.dirname, '../../scripts/start.mjs');
const NEEDED = ['PORTUS_TEST_REGISTRY_28', 'PORTUS_TEST_REDIS_BIN'] as const;

/** What of the machine `npm start` needs and the test was not given, by the variables that name it. */
export const missingForStart = (): string[] => NEEDED.filter((name) => !process.env[name]);

/** What the start script tells whoever wants to try Portus. */
export interface Quickstart {
  url: string;
  registry: string;
  username: string;
  password: string;
}

/** One run of the start script. */
export interface StartRun {
  process: ChildProcess;
  /** What it printed. */
  output: () => string;
}

/** What `npm start` runs, on what this machine has, with servers of its own. */
export class NpmStart {
  running: StartRun | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly registryPort: number,
    private readonly more: { env: Record<string, string>; path: string[] },
  ) {}

  /** @param more folders that come first on the PATH, and further variables */
  static async create(more: { env?: Record<string, string>; path?: string[] } = {}): Promise<NpmStart> {
    const folder = await mkdtemp(join(tmpdir(), 'portus-start-'));
    const { env = {}, path = [] } = more;
    return new NpmStart(folder, await quietPort(), await quietPort(), { env, path });
  }

  /** @param folder where it keeps its data; default its own */
  spawn(folder = this.folder): StartRun {
    const { HOME, LD_LIBRARY_PATH, PORTUS_TEST_REGISTRY_28: registry, PORTUS_TEST_REDIS_BIN: redis } = process.env;
    const PATH = [...this.more.path, dirname(redis ?? '/'), process.env['PATH']].join(':');
    const ports = { PORTUS_PORT: `${this.port}`, PORTUS_REGISTRY_PORT: `${this.registryPort}` };
    const places = { PORTUS_DATA_DIR: folder, PORTUS_REGISTRY_BIN: registry };
    const env = { HOME, LD_LIBRARY_PATH, PATH, ...ports, ...places, ...this.more.env };
    const child = spawn(process.execPath, [START], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return { process: child, output: () => text };
  }

  /** Returns when it is ready, with what it printed for whoever tries it. */
  async start(): Promise<Quickstart> {
    const run = this.spawn();
    this.running = run;
    const ready = (): boolean => run.output().includes('docker login') || endedEarly(run);
    await until('the start is ready', ready, { timeoutMs: 90_000 });
    return this.quickstart();
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.running!.process;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }

  /** Ends it and takes its data away. */
  async remove(): Promise<void> {
    if (this.running) await this.end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  async quickstart(): Promise<Quickstart> {
    return this.read<Quickstart>('quickstart.json');
  }

  /** The servers that it has started. */
  async children(): Promise<{ name: string; pid: number }[]> {
    return (await this.read<{ children: { name: string; pid: number }[] }>('run.json')).children;
  }

  private async read<T>(name: string): Promise<T> {
    return JSON.parse(await readFile(join(this.folder, name), 'utf8')) as T;
  }
}

function endedEarly({ process: child, output }: StartRun): false {
  if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output()}`);
  return false;
}

function basic({ username, password }: Quickstart): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** What the API answers to the administrator. */
export async function askApi<T>(facts: Quickstart, path: string): Promise<T> {
  return (await (await fetch(`${facts.url}/api/v1${path}`, { headers: basic(facts) })).json()) as T;
}

/** Pushes an image as the administrator. */
export async function pushTo(facts: Quickstart, repository: string, tag: string, image: BuiltImage): Promise<void> {
  const query = new URLSearchParams({ service: facts.registry, scope: `repository:${repository}:push,pull` });
  const answer = await fetch(`${facts.url}/v2/token?${query}`, { headers: basic(facts) });
  const { token } = (await answer.json()) as { token: string };
  await pushImage({ url: `http://${facts.registry}`, repository, token }, tag, image);
}
