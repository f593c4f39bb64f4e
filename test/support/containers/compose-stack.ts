import { randomInt } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { mustRun, type Outcome } from '../run-client.js';
import { Engine } from './engine.js';
import { baseImages, type Overlay, portusImages, ROOT } from './project-files.js';
import { ensureStandIns } from './stand-ins.js';

/** Stages of the Dockerfile that are named, so that their layers are kept for the next run. */
const STAGES = ['packages', 'build', 'production'];
const NAME = 'registry.portus.test';
/** For images that clients may get. */
const MANIFESTS =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json';

export interface StackOptions {
  overlays?: readonly Overlay[];
  /** Lines of its .env. */
  settings: Record<string, string>;
  /** What an operator changes in files of `docker/`, by their path there. */
  changes?: Record<string, (text: string) => string>;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** `docker/` as an operator starts it: images built of the tree, secrets made, everything up behind TLS. */
export class ComposeStack {
  readonly name = NAME;

  private constructor(
    readonly engine: Engine,
    private readonly folder: string,
    private readonly address: string,
    private readonly files: string[],
  ) {}

  /** Builds all images and starts the stack, in an engine of its own. */
  static async start({ overlays = [], settings, changes = {} }: StackOptions): Promise<ComposeStack> {
    // A port 443 that is ours alone.
    const address = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
    const engine = await Engine.start({ [NAME]: address });
    const folder = await mkdtemp('/tmp/portus-compose-');
    const files = ['compose.yaml', ...overlays.map((name) => `compose.${name}.yaml`)];
    const stack = new ComposeStack(engine, folder, address, files);
    try {
      await ensureStandIns(engine, baseImages(overlays));
      await stack.build();
      const network = `10.${randomInt(1, 255)}.${randomInt(0, 255)}`;
      await stack.prepare({ STACK_BIND: address, STACK_NETWORK: network, ...settings }, changes);
      await stack.must('up', '-d', '--no-build');
      return stack;
    } catch (error) {
      await stack.remove();
      throw error;
    }
  }

  private async build(): Promise<void> {
    const targets = {
      ...Object.fromEntries(STAGES.map((stage) => [stage, `portus-stage:${stage}`])),
      ...portusImages(),
    };
    for (const [target, image] of Object.entries(targets)) {
      const where = ['-f', join(ROOT, 'docker/Dockerfile'), '--target', target, '-t', image];
      await this.engine.must(['build', '-q', '--network', 'host', ...where, ROOT]);
    }
    await this.engine.must(['image', 'prune', '-f']);
  }

  private async prepare(
    settings: Record<string, string>,
    changes: NonNullable<StackOptions['changes']>,
  ): Promise<void> {
    await cp(join(ROOT, 'docker'), this.folder, { recursive: true });
    for (const [name, change] of Object.entries(changes)) {
      const path = join(this.folder, name);
      await writeFile(path, change(await readFile(path, 'utf8')));
    }
    await mustRun(join(this.folder, 'secrets.sh'), [NAME]);
    const file = join(this.folder, '.env');
    const isKept = (line: string): boolean => !Object.keys(settings).some((name) => line.startsWith(`${name}=`));
    const kept = (await readFile(file, 'utf8')).split('\n').filter(isKept);
    const added = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    await writeFile(file, [...kept, ...added, ''].join('\n'));
  }

  /** docker-compose with the stack's files. */
  async compose(...args: string[]): Promise<Outcome> {
    const files = this.files.flatMap((file) => ['-f', join(this.folder, file)]);
    return this.engine.compose(this.folder, ['-p', 'portus', ...files, ...args]);
  }

  /** The same, for what must work. */
  async must(...args: string[]): Promise<string> {
    const { code, output, stdout } = await this.compose(...args);
    if (code === 0) return stdout;
    const logs = await this.compose('logs', '--no-color', '--tail', '30');
    throw new Error(`docker-compose ${args.join(' ')} ended with ${code}:\n${output}\n${logs.output}`);
  }

  /** Ids of the containers of a service that exist. */
  async containers(service: string): Promise<string[]> {
    return (await this.must('ps', '-q', service)).split('\n').filter(Boolean);
  }

  /** A fact of a container, as a template of `docker inspect`. */
  async inspect(container: string, template: string): Promise<string> {
    return (await this.engine.must(['inspect', '-f', template, container])).trim();
  }

  /** How many containers of a service say that they can serve. */
  async healthy(service: string): Promise<number> {
    const states = await Promise.all(
      (await this.containers(service)).map((id) => this.inspect(id, '{{.State.Status}} {{.State.Health.Status}}')),
    );
    return states.filter((state) => state === 'running healthy').length;
  }

  /** Ends a container as a crash would: its restart is left to the engine. */
  async crash(container: string): Promise<void> {
    process.kill(Number(await this.inspect(container, '{{.State.Pid}}')), 'SIGKILL');
  }

  async secret(name: string): Promise<string> {
    return (await readFile(join(this.folder, 'secrets', name), 'utf8')).trim();
  }

  /** A folder for `--cert-dir` with the authority of the stack. */
  async authorityFolder(): Promise<string> {
    const folder = await mkdtemp(join(this.engine.home, 'certificates-'));
    await writeFile(join(folder, 'ca.crt'), await this.secret('tls-authority.crt'));
    return folder;
  }

  /** A request through TLS, whose certificate must be good for the name. */
  async ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const ca = await this.secret('tls-authority.crt');
    const options = {
      host: this.address,
      servername: NAME,
      path,
      ca,
      agent: false,
      headers: { host: NAME, ...headers },
    };
    return new Promise((resolve, reject) => {
      const asked = request({ ...options, timeout: 20_000 }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        answer.once('error', reject);
      });
      asked.once('timeout', () => asked.destroy(new Error(`${path} takes too long`)));
      asked.once('error', reject).end();
    });
  }

  /** The API's answer to an administrator. */
  async get<T>(path: string): Promise<T> {
    const answer = await this.ask(`/api/v1${path}`, { authorization: await this.basic() });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return JSON.parse(answer.text) as T;
  }

  /** How many notifications wait, as health tells it; that is no success where nothing works them off. */
  async backlog(): Promise<string> {
    const answer = await this.ask('/api/v1/health', { authorization: await this.basic() });
    return (JSON.parse(answer.text) as { events: { msg: string } }).events.msg;
  }

  /** The registry's answer to whom Portus gives that scope. */
  async registry(path: string, scope: string): Promise<Answer> {
    const query = new URLSearchParams({ service: NAME, scope });
    const given = await this.ask(`/v2/token?${query}`, { authorization: await this.basic() });
    const { token } = JSON.parse(given.text) as { token: string };
    const answer = await this.ask(path, { authorization: `Bearer ${token}`, accept: MANIFESTS });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return answer;
  }

  private async basic(): Promise<string> {
    return `Basic ${Buffer.from(`admin:${await this.secret('admin_password')}`).toString('base64')}`;
  }

  async remove(): Promise<void> {
    await this.compose('down', '-v', '-t', '5').catch(() => undefined);
    await this.engine.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
