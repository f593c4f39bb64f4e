import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Program } from './program.js';
import { mustRun, runClient, type Outcome } from './run-client.js';

/** A docker daemon of the test's own, and its command line as different people. It needs root, and no network. */
export class DockerDaemon {
  private clients = 0;

  private constructor(
    private readonly program: Program,
    private readonly home: string,
  ) {}

  static async start(): Promise<DockerDaemon> {
    // Short: the path of a socket may have 107 bytes only, and the daemon makes some below.
    const home = await mkdtemp('/tmp/pd-');
    const file = process.env['PORTUS_TEST_DOCKERD'];
    if (!file) throw new Error('PORTUS_TEST_DOCKERD does not name a docker daemon');
    // The machine's own settings are none of ours.
    await writeFile(join(home, 'daemon.json'), '{}');
    const folders = ['--data-root', join(home, 'data'), '--exec-root', join(home, 'exec')];
    const own = ['-H', `unix://${home}/docker.sock`, '--pidfile', join(home, 'pid'), ...folders];
    const args = [
      ...own,
      '--bridge=none',
      '--iptables=false',
      '--ip6tables=false',
      '--config-file',
      join(home, 'daemon.json'),
    ];
    const env = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, HOME: home };
    const isReady = async (): Promise<boolean> => (await docker(home, home, ['version'])).code === 0;
    const program = new Program({ name: 'dockerd', file, args, env, isReady });
    await program.start().catch(async (error: unknown) => {
      await rm(home, { recursive: true, force: true });
      throw error;
    });
    return new DockerDaemon(program, home);
  }

  /** The command line of one person, who is signed in nowhere. */
  async client(): Promise<(...args: string[]) => Promise<Outcome>> {
    const config = join(this.home, `client-${this.clients++}`);
    await mkdir(config);
    return (...args) => docker(this.home, config, args);
  }

  /** `docker login` as people do it in scripts, with the password on stdin. */
  async login(registryHost: string, username: string, password: string) {
    const config = join(this.home, `client-${this.clients++}`);
    await mkdir(config);
    const args = ['login', '-u', username, '--password-stdin', registryHost];
    const outcome = await docker(this.home, config, args, `${password}\n`);
    return { outcome, config, run: (...more: string[]) => docker(this.home, config, more) };
  }

  /** Builds an image with a layer for each of the texts, from nothing and without running anything. */
  async build(name: string, layers: (string | Buffer)[]): Promise<void> {
    const folder = await mkdtemp(join(this.home, 'build-'));
    const lines = layers.map((_, i) => `COPY layer-${i} /`);
    await writeFile(join(folder, 'Dockerfile'), ['FROM scratch', ...lines, 'CMD ["/none"]', ''].join('\n'));
    for (const [i, text] of layers.entries()) await writeFile(join(folder, `layer-${i}`), text);
    await mustRun(...call(this.home, this.home, ['build', '-q', '-t', name, folder]));
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}

function call(home: string, config: string, args: string[], input?: string): Parameters<typeof runClient> {
  const file = process.env['PORTUS_TEST_DOCKER'] ?? 'docker';
  // The classic builder: the other one is a plugin that not every machine has.
  const env = { HOME: home, DOCKER_CONFIG: config, DOCKER_BUILDKIT: '0' };
  const all = ['-H', `unix://${home}/docker.sock`, ...args];
  return [file, all, input === undefined ? { env } : { env, input }];
}

async function docker(home: string, config: string, args: string[], input?: string): Promise<Outcome> {
  return runClient(...call(home, config, args, input));
}
