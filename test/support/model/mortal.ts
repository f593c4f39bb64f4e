import type { Database, Sql } from '#persistence/database.js';
import { RegistryError } from '#registry/errors.js';
import { RegistryClient } from '#registry/registry-client.js';
import type { RegistryRequest } from '#registry/transport/transport.js';
import { answerError, type Answer, isTemporaryStatus } from '#registry/wire.js';
import type { FakeRegistry, Fault, SeenRequest } from '../../fakes/registry.js';

/** A process of the model that was killed: whatever it still tries fails, and nothing is cleaned up. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** What a process meets at one of its steps; a step lies before and after each statement, commit and request. */
export interface Interruption {
  at: number;
  /** later: asks again at the next step, because nothing but a kill fits into an open transaction. */
  meet: (inTransaction: boolean) => Promise<'kill' | 'later' | 'met'>;
}

/** A process with the same code as a worker, which can be killed or held up between any two of its steps. */
export class Mortal {
  private steps = 0;
  private dead = false;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly interruption: Interruption | null) {}

  async step(inTransaction: boolean): Promise<void> {
    if (this.dead) throw new Killed('the process is dead');
    this.steps += 1;
    const { interruption } = this;
    if (interruption === null || this.steps < interruption.at) return;
    // Whatever goes on beside this step must not meet it too.
    interruption.at = Infinity;
    const outcome = await interruption.meet(inTransaction);
    if (outcome === 'later') interruption.at = this.steps + 1;
    this.dead ||= outcome === 'kill';
    if (this.dead) throw new Killed('the process is dead');
  }

  /** When the server is done with what this process asked of it before it was killed. */
  async ended(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
  }

  private async watch<T>(work: Promise<T>): Promise<T> {
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }

  /** The database as this process sees it. A kill inside of a transaction rolls back; one right after it does not. */
  database(real: Database, committed: () => Promise<void>): Database {
    const around = async <T>(work: () => Promise<T>, inTransaction: boolean): Promise<T> => {
      await this.step(inTransaction);
      const result = await this.watch(work());
      await this.step(inTransaction);
      return result;
    };
    const own: Pick<Database, 'query' | 'prepared' | 'transaction'> = {
      query: (text, values) => around(() => real.query(text, values), false),
      prepared: (statement, values) => around(() => real.prepared(statement, values), false),
      transaction: (work) =>
        around(async () => {
          const inside = (sql: Sql): Sql => ({
            query: (text, values) => around(() => sql.query(text, values), true),
          });
          const result = await real.transaction((sql) => work(inside(sql)));
          await committed();
          return result;
        }, false),
    };
    return Object.assign(Object.create(real) as Database, own);
  }

  /**
   * The registry as this process sees it: the real client, whose transport hands its requests to the fake one instead
   * of a socket. `seen` is told before each request.
   */
  client(fake: FakeRegistry, seen: (path: string) => void, faultOf: (request: SeenRequest) => Fault | null) {
    const base = new URL('http://registry.test');
    const send = async (request: RegistryRequest): Promise<Answer> => {
      await this.step(false);
      const arriving = arrival(request);
      seen(arriving.path);
      const outcome = faultOf(arriving) ?? (await fake.exchange(arriving));
      await this.step(false);
      if (typeof outcome === 'string') {
        const code = outcome === 'hang' ? 'TIMEOUT' : 'CONNECTION_LOST';
        throw new RegistryError(code, { message: outcome, url: request.url, temporary: true });
      }
      const headers = new Map(
        Object.entries(outcome.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const body = Buffer.from((outcome.body as string | Buffer | undefined) ?? '');
      const answer = { url: request.url, method: request.method, status: outcome.status, headers, body };
      if (isTemporaryStatus(answer.status)) throw answerError(answer);
      return answer;
    };
    const transport = { base, send, close: async () => undefined };
    return Object.assign(Object.create(RegistryClient.prototype) as RegistryClient, { transport, pageSize: 3 });
  }
}

function arrival({ method, url, headers = {} }: RegistryRequest): SeenRequest {
  const path = decodeURIComponent(url.pathname);
  return { method, path, query: url.searchParams, headers, body: Buffer.alloc(0), remote: 'model' };
}
