import { basic, getToken, postToken, type TokenAnswer } from './ask-token.js';
import type { TestUser } from './stack-handle.js';
import { until } from './until.js';

/** Clients that ask for tokens without a pause, one half with GET and one with POST, and remember what was no success. */
export class SteadyTokens {
  readonly failures: string[] = [];
  /** How many were issued. */
  issued = 0;
  private stopped = false;
  private readonly done: Promise<unknown>;

  constructor(
    private readonly place: { url: string; registryHost: string },
    private readonly user: TestUser,
    clients: number,
  ) {
    this.done = Promise.all(Array.from({ length: clients }, (_, i) => this.run(i % 2 === 0)));
  }

  /** Waits until so many more were answered. */
  async more(count: number): Promise<void> {
    const goal = this.issued + count;
    await until('more tokens are issued', () => this.issued >= goal || this.failures.length > 0, { timeoutMs: 60_000 });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  private async run(get: boolean): Promise<void> {
    while (!this.stopped && this.failures.length < 10) {
      const problem = await this.ask(get).then(
        ({ status, raw }) => (status === 200 ? null : `${status} ${raw.slice(0, 200)}`),
        (error: Error) => `${error.message}: ${String(error.cause)}`,
      );
      if (problem === null) this.issued += 1;
      else this.failures.push(`${get ? 'GET' : 'POST'}: ${problem}`);
    }
  }

  private async ask(get: boolean): Promise<TokenAnswer> {
    const { username, password } = this.user;
    const scope = `repository:${username}/app:pull,push`;
    if (get) return getToken(this.place, { scope }, basic(username, password));
    return postToken(this.place, { grant_type: 'password', client_id: 'steady', username, password, scope });
  }
}
