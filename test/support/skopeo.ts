import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuiltContent, BuiltImage } from '../factories/image.js';
import { writeLayout } from './oci-layout.js';
import { runClient, type Outcome } from './run-client.js';
import type { Speaker } from './stack-handle.js';

/** The skopeo of one person, with files of its own. */
export class Skopeo {
  private images = 0;

  private constructor(
    private readonly registryHost: string,
    private readonly home: string,
  ) {}

  static async of(registryHost: string): Promise<Skopeo> {
    return new Skopeo(registryHost, await mkdtemp(join(tmpdir(), 'portus-skopeo-')));
  }

  /** Signed in as somebody; throws when the sign-in fails. */
  static async as(registryHost: string, person: NonNullable<Speaker>): Promise<Skopeo> {
    const skopeo = await Skopeo.of(registryHost);
    const { code, output } = await skopeo.login(person);
    if (code !== 0) throw new Error(`skopeo login ended with ${code}: ${output}`);
    return skopeo;
  }

  async login({ username, password }: NonNullable<Speaker>): Promise<Outcome> {
    const input = `${password}\n`;
    return this.run(['login', '--tls-verify=false', '-u', username, '--password-stdin', this.registryHost], input);
  }

  /** Pushes an image, or an index with its images, under `repository:tag`. */
  async push(name: string, top: BuiltContent, images: BuiltImage[]): Promise<Outcome> {
    const folder = join(this.home, `image-${this.images++}`);
    const source = await writeLayout(folder, 'it', top, images);
    return this.run(['copy', '--all', '--dest-tls-verify=false', source, this.remote(name)]);
  }

  async pushImage(name: string, image: BuiltImage): Promise<Outcome> {
    return this.push(name, image.manifest, [image]);
  }

  /** Writes an image once, to be pushed under many names by {@link pushFrom}. */
  async keep(image: BuiltImage): Promise<string> {
    return writeLayout(join(this.home, `image-${this.images++}`), 'it', image.manifest, [image]);
  }

  async pushFrom(kept: string, name: string): Promise<Outcome> {
    return this.run(['copy', '--dest-tls-verify=false', kept, this.remote(name)]);
  }

  /** Copies inside of the registry. */
  async copy(from: string, to: string): Promise<Outcome> {
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    return this.run(['copy', '--all', ...plain, this.remote(from), this.remote(to)]);
  }

  /** Pulls everything under the name. The digest of what came, when it came. */
  async pull(name: string): Promise<Outcome & { digest: string | null }> {
    const folder = join(this.home, `pulled-${this.images++}`);
    const to = `oci:${folder}:it`;
    const outcome = await this.run([
      'copy',
      '--all',
      '--preserve-digests',
      '--src-tls-verify=false',
      this.remote(name),
      to,
    ]);
    if (outcome.code !== 0) return { ...outcome, digest: null };
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
    return { ...outcome, digest: index.manifests[0]?.digest ?? null };
  }

  async delete(name: string): Promise<Outcome> {
    return this.run(['delete', '--tls-verify=false', this.remote(name)]);
  }

  async listTags(repository: string): Promise<Outcome> {
    return this.run(['list-tags', '--tls-verify=false', this.remote(repository)]);
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }

  private remote(name: string): string {
    return `docker://${this.registryHost}/${name}`;
  }

  private async run(args: string[], input?: string): Promise<Outcome> {
    const authfile = join(this.home, 'auth.json');
    const env = { HOME: this.home, XDG_RUNTIME_DIR: this.home, REGISTRY_AUTH_FILE: authfile };
    const file = process.env['PORTUS_TEST_SKOPEO'] ?? 'skopeo';
    return runClient(file, ['--insecure-policy', ...args], input === undefined ? { env } : { env, input });
  }
}
