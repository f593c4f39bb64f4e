import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, runClient, type Outcome } from './run-client.js';
import type { Speaker } from './stack-handle.js';

/** The variables that name the programs. */
export const CONTAINER_TOOLS = { podman: 'PORTUS_TEST_PODMAN', buildah: 'PORTUS_TEST_BUILDAH' } as const;

/** podman or buildah as one person, with images and credentials in a folder of its own. It needs root. */
export class ContainerTool {
  private constructor(
    private readonly tool: keyof typeof CONTAINER_TOOLS,
    private readonly registryHost: string,
    private readonly home: string,
  ) {}

  static async of(tool: keyof typeof CONTAINER_TOOLS, registryHost: string): Promise<ContainerTool> {
    const home = await mkdtemp(join(tmpdir(), `portus-${tool}-`));
    // buildah looks at the file before it looks at what it shall do.
    await writeFile(join(home, 'auth.json'), '{}');
    return new ContainerTool(tool, registryHost, home);
  }

  async login({ username, password }: NonNullable<Speaker>): Promise<Outcome> {
    const args = ['login', '--tls-verify=false', '-u', username, '--password-stdin', this.registryHost];
    return this.run(args, `${password}\n`);
  }

  async logout(): Promise<Outcome> {
    return this.run(['logout', this.registryHost]);
  }

  /** Builds an image with a layer for each of the texts, from nothing and without running anything. */
  async build(name: string, layers: string[]): Promise<void> {
    const folder = join(this.home, 'build');
    await mkdir(folder, { recursive: true });
    const lines = layers.map((_, i) => `COPY layer-${i} /`);
    await writeFile(join(folder, 'Dockerfile'), ['FROM scratch', ...lines, ''].join('\n'));
    for (const [i, text] of layers.entries()) await writeFile(join(folder, `layer-${i}`), text);
    await mustRun(...this.call(['build', '--isolation', 'chroot', '--layers', '-t', name, folder]));
  }

  /** Pushes a local image under `repository:tag`, telling every request. The digest of the manifest, when it came through. */
  async push(local: string, name: string): Promise<Outcome & { digest: string | null }> {
    const digestFile = join(this.home, 'digest');
    await rm(digestFile, { force: true });
    const push = ['push', '--tls-verify=false', '--digestfile', digestFile, local, this.remote(name)];
    const args = ['--log-level', 'debug', ...push];
    const outcome = await this.run(args);
    const digest = outcome.code === 0 ? await mustRun('cat', [digestFile]) : null;
    return { ...outcome, digest };
  }

  async pull(name: string): Promise<Outcome> {
    return this.run(['pull', '--tls-verify=false', this.remote(name)]);
  }

  /** Forgets all local images. */
  async removeImages(): Promise<void> {
    await mustRun(...this.call(['rmi', '--all', '--force']));
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }

  private remote(name: string): string {
    return `docker://${this.registryHost}/${name}`;
  }

  private async run(args: string[], input?: string): Promise<Outcome> {
    return runClient(...this.call(args, input));
  }

  private call(args: string[], input?: string): Parameters<typeof runClient> {
    const file = process.env[CONTAINER_TOOLS[this.tool]] ?? this.tool;
    // vfs: plain folders, which need no file system of a certain kind below them.
    const store = ['--root', join(this.home, 'root'), '--runroot', join(this.home, 'run'), '--storage-driver', 'vfs'];
    const env = { HOME: this.home, XDG_RUNTIME_DIR: this.home, REGISTRY_AUTH_FILE: join(this.home, 'auth.json') };
    return [file, [...store, ...args], input === undefined ? { env } : { env, input }];
  }
}
