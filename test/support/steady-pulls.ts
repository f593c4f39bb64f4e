import type { BuiltImage } from '../factories/image.js';
import type { Speaker, Stack } from './stack-handle.js';
import { until } from './until.js';

/** Pulls an image again and again, each time with a token of its own, while other things happen. */
export class SteadyPulls {
  private readonly failures: string[] = [];
  private pulls = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly stack: Stack,
    private readonly repository: string,
    private readonly image: BuiltImage,
    private readonly as: Speaker,
  ) {
    this.done = this.run();
  }

  /** Waits until more pulls have begun and ended than until now. */
  async more(): Promise<void> {
    const goal = this.pulls + 2;
    await until('more pulls are done', async () => this.pulls >= goal || this.failures.length > 0, {
      timeoutMs: 30_000,
      everyMs: 20,
    });
  }

  /** Ends them; returns every answer that was no success. */
  async stop(): Promise<string[]> {
    this.stopped = true;
    await this.done;
    return this.failures;
  }

  private async run(): Promise<void> {
    while (!this.stopped && this.failures.length < 10) {
      await this.pull();
      this.pulls++;
    }
  }

  private async pull(): Promise<void> {
    const query = new URLSearchParams({
      service: this.stack.registryHost,
      scope: `repository:${this.repository}:pull`,
    });
    const { username, password } = this.as ?? { username: '', password: '' };
    const basic = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
    const body = await this.get(`${this.stack.url}/v2/token?${query}`, basic);
    if (body === null) return;
    const { token } = JSON.parse(body) as { token: string };
    const place = `${this.stack.registry.url}/v2/${this.repository}`;
    const headers = { authorization: `Bearer ${token}`, accept: this.image.manifest.mediaType };
    await this.get(`${place}/manifests/${this.image.manifest.digest}`, headers);
    await this.get(`${place}/blobs/${this.image.config.digest}`, headers);
  }

  /**
   * As clients do, asks again while nobody listens; and what a registry that is being stopped breaks off is its own
   * affair. Portus itself answers or does not listen. null: it was no success.
   */
  private async get(url: string, headers: Record<string, string>): Promise<string | null> {
    const ofRegistry = url.startsWith(this.stack.registry.url);
    const ask = async (): Promise<{ status: number; text: string } | null> => {
      const answer = await fetch(url, { headers });
      const text = await answer.text();
      return ofRegistry && answer.status >= 500 ? null : { status: answer.status, text };
    };
    const answer = await until(`${url} is answered`, ask, { timeoutMs: 30_000 }).catch((error: Error) => error);
    if (answer instanceof Error) return this.note(answer.message);
    return answer.status === 200 ? answer.text : this.note(`${url}: ${answer.status} ${answer.text.slice(0, 300)}`);
  }

  private note(failure: string): null {
    this.failures.push(failure);
    return null;
  }
}
