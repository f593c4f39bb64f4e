import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../factories/image.js';
import { buildCompressedImage, writeLayout } from '../oci-layout.js';
import type { Outcome } from '../run-client.js';
import { until } from '../until.js';
import type { TagView } from '../world.js';
import type { ComposeStack } from './compose-stack.js';

export const PATIENCE = { timeoutMs: 90_000, everyMs: 250 };

/** Somebody outside of a stack who knows its name and was given its authority. */
export class ComposeClient {
  private constructor(
    private readonly stack: ComposeStack,
    private readonly certificates: string,
  ) {}

  static async create(stack: ComposeStack): Promise<ComposeClient> {
    return new ComposeClient(stack, await stack.authorityFolder());
  }

  /** skopeo, which looks at certificates also where docker does not. */
  async skopeo(args: string[], input?: string): Promise<Outcome> {
    const { home } = this.stack.engine;
    const env = { HOME: home, XDG_RUNTIME_DIR: home, REGISTRY_AUTH_FILE: join(home, 'auth.json') };
    const options = input === undefined ? { env } : { env, input };
    return this.stack.engine.withNames(process.env['PORTUS_TEST_SKOPEO']!, ['--insecure-policy', ...args], options);
  }

  /** As the first administrator, unless with another password. */
  async login(password?: string): Promise<Outcome> {
    const word = password ?? (await this.stack.secret('admin_password'));
    const args = ['login', '--cert-dir', this.certificates, '-u', 'admin', '--password-stdin', this.stack.name];
    return this.skopeo(args, `${word}\n`);
  }

  /** Pushes an image through TLS; without layers, one of its own. Returns its digest. */
  async push(name: string, layers?: Buffer[]): Promise<string> {
    const image = buildCompressedImage({ seed: name, ...(layers ? { layers } : {}) });
    const folder = await mkdtemp(join(this.stack.engine.home, 'image-'));
    const source = await writeLayout(folder, 'it', image.manifest, [image]);
    const target = `docker://${this.stack.name}/${name}`;
    const pushed = await this.skopeo(['copy', '--dest-cert-dir', this.certificates, source, target]);
    if (pushed.code !== 0) throw new Error(`${name} is not taken:\n${pushed.output}`);
    return image.manifest.digest;
  }

  /** Pulls an image through TLS. Returns the digest of what came. */
  async pull(name: string): Promise<string> {
    const folder = await mkdtemp(join(this.stack.engine.home, 'image-'));
    const source = `docker://${this.stack.name}/${name}`;
    const pulled = await this.skopeo(['copy', '--src-cert-dir', this.certificates, source, `dir:${folder}`]);
    if (pulled.code !== 0) throw new Error(`${name} is not given:\n${pulled.output}`);
    return digestOf(await readFile(join(folder, 'manifest.json')));
  }

  /** What the catalog has of a repository, by tag. */
  async tagsOf(repository: string): Promise<Record<string, TagView>> {
    const all = await this.stack.get<{ id: number; full_name: string }[]>('/repositories?all=true');
    const found = all.find(({ full_name: name }) => name === repository);
    if (found === undefined) return {};
    const tags = await this.stack.get<TagView[]>(`/repositories/${found.id}/tags?all=true`);
    return Object.fromEntries(tags.map((tag) => [tag.name, tag]));
  }

  /** Waits for a scan of a tag to come to its end. */
  async scanned(repository: string, tag: string): Promise<TagView> {
    const isOver = async (): Promise<TagView | null> => {
      const found = (await this.tagsOf(repository))[tag];
      return found && ['done', 'failed', 'unsupported'].includes(found.scan.state) ? found : null;
    };
    return until(`${repository}:${tag} is scanned`, isOver, PATIENCE);
  }

  /** Digests by tag and repository as the registry itself tells them. */
  async registryContents(): Promise<Record<string, Record<string, string>>> {
    const { repositories } = await this.read<{ repositories: string[] }>('_catalog?n=100', 'registry:catalog:*');
    const contents: Record<string, Record<string, string>> = {};
    for (const name of repositories) {
      const scope = `repository:${name}:pull`;
      const { tags } = await this.read<{ tags: string[] | null }>(`${name}/tags/list`, scope);
      // Where all tags were deleted, as by the doctor, a registry still knows the name.
      for (const tag of tags ?? []) {
        const { headers } = await this.stack.registry(`/v2/${name}/manifests/${tag}`, scope);
        (contents[name] ??= {})[tag] = String(headers['docker-content-digest']);
      }
    }
    return contents;
  }

  /** The same as the catalog has it. */
  async catalogContents(): Promise<Record<string, Record<string, string>>> {
    const all = await this.stack.get<{ full_name: string }[]>('/repositories?all=true');
    const contents: Record<string, Record<string, string>> = {};
    for (const { full_name: name } of all) {
      const tags = Object.values(await this.tagsOf(name));
      if (tags.length > 0) contents[name] = Object.fromEntries(tags.map((tag) => [tag.name, tag.digest]));
    }
    return contents;
  }

  private async read<T>(path: string, scope: string): Promise<T> {
    return JSON.parse((await this.stack.registry(`/v2/${path}`, scope)).text) as T;
  }
}
