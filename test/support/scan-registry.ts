import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScanOutcome, Scanner, ScanTarget } from '#scanning/scanner.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { TokenSigner } from '#tokens/token-signer.js';
import type { BuiltImage } from '../factories/image.js';
import { pushImage } from './push-image.js';
import { type RealRegistry, startRealRegistry } from './real-registry.js';

const ISSUER = 'portus.test';
const SERVICE = 'registry.test';
const REPOSITORY = 'team/app';

/** A real registry that wants tokens, with images in `team/app` that scanners are to look at. */
export class ScanRegistry {
  private constructor(
    readonly registry: RealRegistry,
    /** For what a test needs beside it. */
    readonly folder: string,
    private readonly signer: TokenSigner,
    private readonly images: Record<string, BuiltImage>,
  ) {}

  static async start(binary: string, images: Record<string, BuiltImage>): Promise<ScanRegistry> {
    const folder = await mkdtemp(join(tmpdir(), 'portus-scan-registry-'));
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: ISSUER });
    const rootcertbundle = join(folder, 'certificate.pem');
    await writeFile(rootcertbundle, certificatePem);
    const signer = new TokenSigner(loadSigningKey(keyPem, certificatePem, new Date()), ISSUER);
    const auth = { realm: 'http://127.0.0.1:1/v2/token', service: SERVICE, issuer: ISSUER, rootcertbundle };
    const started = new ScanRegistry(await startRealRegistry({ binary, auth }), folder, signer, images);
    const token = await started.sign(['pull', 'push']);
    for (const [tag, image] of Object.entries(images))
      await pushImage({ url: started.registry.url, repository: REPOSITORY, token }, tag, image);
    return started;
  }

  /** A token for a repository. */
  async sign(actions: string[], name = REPOSITORY): Promise<string> {
    const access = [{ type: 'repository' as const, name, actions }];
    const claims = { subject: 'portus', audience: SERVICE, access, lifetime: 300, now: Date.now() };
    return (await this.signer.sign(claims)).token;
  }

  /** Has an image scanned, with a token that can pull it unless another one is given. */
  async scan(
    name: string,
    scanner: Scanner,
    pullToken = () => this.sign(['pull']),
    signal = AbortSignal.timeout(60_000),
  ): Promise<ScanOutcome> {
    const { digest, mediaType } = this.images[name]!.manifest;
    const target: ScanTarget = {
      registryUrl: this.registry.url,
      repository: REPOSITORY,
      digest,
      mediaType,
      platform: { os: 'linux', architecture: 'amd64', variant: null },
      size: 1,
    };
    return scanner.scan({ target, pullToken, signal });
  }

  async remove(): Promise<void> {
    await this.registry.remove();
    await rm(this.folder, { recursive: true, force: true });
  }
}
