import { afterAll, beforeAll } from 'vitest';
import { RegistryClient, type RegistryClientOptions } from '#registry/registry-client.js';
import type { BuiltImage } from '../factories/image.js';
import type { EventEnvelope, Flavour } from '../fakes/registry.js';
import { pushBlob, pushImage, type PushTarget } from '../support/push-image.js';
import { TestSigning } from '../support/token-signing.js';

export interface RegistrySetup {
  /** Whose tokens the registry must ask for and accept. */
  signing: TestSigning;
  deleteEnabled: boolean;
  /** Gets every notification with the media type of its request. */
  onEnvelope: (envelope: EventEnvelope, mediaType: string) => void;
}

/** A registry that the conformance suite can start. */
export interface RegistryUnderTest {
  name: string;
  flavour: Flavour;
  start(setup: RegistrySetup): Promise<{ url: string; stop(): Promise<void> }>;
}

/** A started registry with everything that the cases need; started and stopped by the surrounding `describe`. */
export class Bench {
  signing!: TestSigning;
  url!: string;
  readonly envelopes: { envelope: EventEnvelope; mediaType: string }[] = [];
  private readonly clients: RegistryClient[] = [];

  private constructor(readonly flavour: Flavour) {}

  /** To be called inside `describe`. */
  static of(subject: RegistryUnderTest, options: { deleteEnabled?: boolean } = {}): Bench {
    const bench = new Bench(subject.flavour);
    let running: { url: string; stop(): Promise<void> } | undefined;
    beforeAll(async () => {
      bench.signing = await TestSigning.make();
      const onEnvelope = (envelope: EventEnvelope, mediaType: string): void => {
        bench.envelopes.push({ envelope, mediaType });
      };
      const { signing } = bench;
      running = await subject.start({ signing, deleteEnabled: options.deleteEnabled ?? true, onEnvelope });
      bench.url = running.url;
    });
    afterAll(async () => {
      await Promise.all(bench.clients.map((client) => client.close()));
      await running?.stop();
      await bench.signing?.remove();
    });
    return bench;
  }

  /** A client that asks for tokens with exactly the rights that it names. */
  client(options: Partial<RegistryClientOptions> = {}): RegistryClient {
    const client = new RegistryClient({
      baseUrl: this.url,
      tokenFor: (access) => this.signing.sign(access),
      maxRetries: 0,
      ...options,
    });
    this.clients.push(client);
    return client;
  }

  /** Headers for a plain request with these rights on a repository. */
  async headers(repository: string, ...actions: string[]): Promise<Record<string, string>> {
    const token = await this.signing.sign([{ type: 'repository', name: repository, actions }]);
    return { authorization: `Bearer ${token}` };
  }

  async target(repository: string, subject = 'alice'): Promise<PushTarget> {
    const access = [{ type: 'repository' as const, name: repository, actions: ['pull', 'push'] }];
    return { url: this.url, repository, token: await this.signing.sign(access, { subject }) };
  }

  async push(repository: string, tag: string | null, image: BuiltImage): Promise<void> {
    await pushImage(await this.target(repository), tag, image);
  }

  async pushBlobs(repository: string, image: BuiltImage): Promise<void> {
    const target = await this.target(repository);
    for (const blob of [...image.layers, image.config]) await pushBlob(target, blob);
  }
}
