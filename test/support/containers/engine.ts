import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Program } from '../program.js';
import { mustRun, runClient, type Outcome } from '../run-client.js';
import { endOrphans } from './orphans.js';

/** Builds take longer than clients may. */
const PATIENCE_MS = 480_000;

/** Short: the path of a socket may have 107 bytes only, and the engine makes some below. */
const HOMES = '/tmp/pe-';

/** Where images and their layers are kept between runs, beside the other parts. */
const keptIn = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'portus-test', 'docker');

/**
 * A docker engine of the test's own that runs containers: with networks, but without rules for the machine's firewall,
 * which may be another engine's. Names of the test are known to it and to whom it starts, and to nobody else.
 */
export class Engine {
  private constructor(
    private readonly program: Program,
    readonly home: string,
    private readonly hosts: string,
  ) {}

  /** `names` are resolved as the hosts file does it. Waits for a run of another test that has the images. */
  static async start(names: Record<string, string>): Promise<Engine> {
    const home = await mkdtemp(HOMES);
    const file = process.env['PORTUS_TEST_DOCKERD'];
    if (!file) throw new Error('PORTUS_TEST_DOCKERD does not name a docker daemon');
    await mkdir(keptIn(), { recursive: true });
    await writeFile(join(home, 'daemon.json'), '{}');
    const hosts = join(home, 'hosts');
    const lines = Object.entries({ localhost: '127.0.0.1', ...names }).map(([name, address]) => `${address} ${name}`);
    await writeFile(hosts, `${lines.join('\n')}\n`);
    const args = ['--no-fork', '-w', '50', join(keptIn(), 'lock'), ...withHosts(hosts, [file, ...daemonOptions(home)])];
    const env = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, HOME: home };
    const isReady = async (): Promise<boolean> => (await docker(home, ['version'])).code === 0;
    const program = new Program({ name: 'dockerd', file: 'flock', args, env, isReady });
    const engine = new Engine(program, home, hosts);
    try {
      await program.start();
      await engine.clear();
    } catch (error) {
      await engine.stop();
      throw error;
    }
    return engine;
  }

  async run(...args: string[]): Promise<Outcome> {
    return docker(this.home, args);
  }

  /** The same, for what must work. Returns stdout. */
  async must(args: string[], input?: string): Promise<string> {
    return mustRun(...call(this.home, args, input));
  }

  /** docker-compose, in the folder of its file. */
  async compose(folder: string, args: string[]): Promise<Outcome> {
    const file = process.env['PORTUS_TEST_COMPOSE'] ?? 'docker-compose';
    const env = { HOME: this.home, DOCKER_HOST: `unix://${this.home}/docker.sock`, COMPOSE_HTTP_TIMEOUT: '180' };
    return runClient(file, ['--project-directory', folder, ...args], { env, timeoutMs: PATIENCE_MS });
  }

  /** A program of this machine that knows the names of the test. */
  async withNames(file: string, args: string[], options: { env?: Record<string, string>; input?: string } = {}) {
    const [unshare, ...rest] = withHosts(this.hosts, [file, ...args]);
    return runClient(unshare!, rest, options);
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  /** What a run that was killed left behind; only images are kept. */
  private async clear(): Promise<void> {
    // The lock is ours, so no other engine of this kind runs.
    await endOrphans(HOMES, this.home);
    const left = (await this.must(['ps', '-aq'])).split('\n').filter(Boolean);
    if (left.length > 0) await this.must(['rm', '-f', '-v', ...left]);
    for (const kind of ['volume', 'network']) await this.must([kind, 'prune', '-f']);
  }
}

function daemonOptions(home: string): string[] {
  const folders = ['--data-root', join(keptIn(), 'data'), '--exec-root', join(home, 'exec')];
  const own = ['-H', `unix://${home}/docker.sock`, '--pidfile', join(home, 'pid'), ...folders];
  return [...own, '--bridge=none', '--iptables=false', '--ip6tables=false', '--config-file', join(home, 'daemon.json')];
}

/** In a mount namespace of its own, where the hosts file is another one. */
function withHosts(hosts: string, command: string[]): string[] {
  return ['unshare', '-m', '/bin/sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts, ...command];
}

function call(home: string, args: string[], input?: string): Parameters<typeof runClient> {
  const file = process.env['PORTUS_TEST_DOCKER'] ?? 'docker';
  // The classic builder: the other one is a plugin that not every machine has.
  const env = { HOME: home, DOCKER_CONFIG: join(home, 'client'), DOCKER_BUILDKIT: '0' };
  const options = { env, timeoutMs: PATIENCE_MS, ...(input === undefined ? {} : { input }) };
  return [file, ['-H', `unix://${home}/docker.sock`, ...args], options];
}

async function docker(home: string, args: string[]): Promise<Outcome> {
  return runClient(...call(home, args));
}
