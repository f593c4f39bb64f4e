import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { until } from './until.js';

export interface ProgramOptions {
  name: string;
  file: string;
  args: string[];
  /** The whole environment: nothing is inherited. */
  env: Record<string, string | undefined>;
  /** Whom to run as, where that is not ourselves. */
  uid?: number;
  gid?: number;
  /** Whether it serves; errors count as "not yet". */
  isReady: () => Promise<boolean>;
  /** Where it shows its metrics, if it does. */
  metricsUrl?: string;
  /** Where it tells how it is, without a path. */
  healthUrl?: string;
  /** What `stop()` sends; default SIGTERM. */
  stopSignal?: NodeJS.Signals;
}

const READY_MS = 60_000;
/** Longer than a program may take to stop by itself. */
const PATIENCE_MS = 25_000;
const LOG_BYTES = 16 * 1024 * 1024;

/** A runner that gives up on us sends SIGTERM, which would end us without telling those who wait for our exit. */
process.once('SIGTERM', () => process.exit(143));

/** A process of the test, which can be ended in all ways and started again. */
export class Program {
  private child: ChildProcess | null = null;
  private ended: Promise<void> = Promise.resolve();
  private output = '';
  private readonly killWithUs = (): void => this.signalTree('SIGKILL');
  /** How the last run ended: an exit code or the name of a signal; null before the first end. */
  lastExit: number | NodeJS.Signals | null = null;

  constructor(private readonly options: ProgramOptions) {}

  /** Throws when it has none. */
  get metricsUrl(): string {
    const { metricsUrl, name } = this.options;
    if (metricsUrl === undefined) throw new Error(`${name} shows no metrics`);
    return metricsUrl;
  }

  /** Throws when it has none. */
  get healthUrl(): string {
    const { healthUrl, name } = this.options;
    if (healthUrl === undefined) throw new Error(`${name} does not tell how it is`);
    return healthUrl;
  }

  /** null while it does not run. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  get running(): boolean {
    return this.child !== null;
  }

  /** What it wrote to stdout and stderr over all its runs; the last 16 MiB. */
  logs(): string {
    return this.output;
  }

  /** Changes what its next start finds in its environment; undefined takes a variable away. */
  reconfigure(changes: Record<string, string | undefined>): void {
    Object.assign(this.options.env, changes);
  }

  /** Starts it, if it does not run, and returns when it is ready. Throws with its log when that does not happen. */
  async start(): Promise<void> {
    this.launch();
    const { child } = this;
    const { name, isReady } = this.options;
    const answers = async (): Promise<boolean> => this.child !== child || (await isReady());
    await until(`${name} is ready`, answers, { timeoutMs: READY_MS }).catch(async (cause: unknown) => {
      await this.kill();
      throw new Error(`${name} does not become ready; it wrote:\n${this.output.slice(-4_000)}`, { cause });
    });
    if (this.child !== child) {
      throw new Error(`${name} ended at once (${String(this.lastExit)}); it wrote:\n${this.output.slice(-4_000)}`);
    }
  }

  /** Starts it without waiting, for times when what it needs is away. */
  launch(): void {
    if (this.child) return;
    const { file, args, env, uid, gid } = this.options;
    const user = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
    const child = spawn(file, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], ...user });
    this.child = child;
    process.on('exit', this.killWithUs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-LOG_BYTES)));
    }
    this.ended = new Promise((resolve) => {
      const end = (how: number | NodeJS.Signals | null): void => {
        this.lastExit = how;
        if (this.child === child) this.child = null;
        process.off('exit', this.killWithUs);
        resolve();
      };
      child.once('exit', (code, signal) => end(signal ?? code));
      child.once('error', (error) => {
        this.output += `${error.message}\n`;
        end(null);
      });
    });
  }

  /** Ends it and waits for the end; what does not end within 25 seconds is killed, which `lastExit` shows. */
  async stop(signal: NodeJS.Signals = this.options.stopSignal ?? 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (!child) return;
    if (signal === 'SIGKILL') this.signalTree('SIGKILL');
    else {
      child.kill(signal);
      this.signalTree('SIGCONT');
    }
    const timer = setTimeout(() => this.signalTree('SIGKILL'), PATIENCE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** SIGKILL: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }

  /** Freezes it with all its children: connections stay open and nobody answers. */
  suspend(): void {
    this.signalTree('SIGSTOP');
  }

  resume(): void {
    this.signalTree('SIGCONT');
  }

  private signalTree(signal: NodeJS.Signals): void {
    const { pid } = this;
    if (pid === null) return;
    // The parent first: frozen or dead, it makes no more children.
    const children = signal === 'SIGKILL' ? childrenOf(pid) : [];
    send(pid, signal);
    for (const child of [...children, ...childrenOf(pid)]) send(child, signal);
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').map(Number).filter(Boolean);
  } catch {
    return [];
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
