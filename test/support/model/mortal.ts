import type { Database, Sql } from '#persistence/database.js';
import { RegistryError } from '#registry/errors.js';
import { RegistryClient } from '#registry/registry-client.js';
import type { RegistryRequest } from '#registry/transport/transport.js';
import { answerError, type Answer, isTemporaryStatus } from '#registry/wire.js';
import type { FakeRegistry, Fault, SeenRequest } from '../../fakes/registry.js';

/** Characters of a statement that stand in the log of a story. */
const SHOWN_OF_A_STATEMENT = 90;

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

/** Who sees what commits do. */
export interface Witness {
  /** Waits until nobody else commits, and returns what lets the next one. */
  turn: () => Promise<() => void>;
  /** Sees, inside of the transaction, what its commit is about to do. */
  sees: (sql: Sql) => Promise<void>;
  /** Is told each step. */
  hears: (step: string) => void;
}

/** A process with the same code as a worker, which can be killed or held up between any two of its steps. */
export class Mortal {
  private steps = 0;
  private dead = false;
  private late: (() => void) | null = null;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly interruption: Interruption | null) {}

  async step(inTransaction: boolean): Promise<void> {
    this.late?.();
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

  /**
   * Resolves when the server is done with what this process asked of it before it was killed. Nothing goes on after that:
   * `late` is called when something tries to in a process that said it was done.
   */
  async ended(late: () => void): Promise<void> {
    const killed = this.dead;
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
    this.dead = true;
    if (!killed) this.late = late;
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
  database(real: Database, witness: Witness): Database {
    const around = async <T>(what: string, work: () => Promise<T>, inTransaction: boolean): Promise<T> => {
      await this.step(inTransaction);
      witness.hears(`${this.steps} ${what.replace(/\s+/g, ' ').trim().slice(0, SHOWN_OF_A_STATEMENT)}`);
      const result = await this.watch(work());
      await this.step(inTransaction);
      return result;
    };
    const own: Pick<Database, 'query' | 'prepared' | 'transaction'> = {
      query: (text, values) => around(text, () => real.query(text, values), false),
      prepared: (statement, values) => around(statement.text, () => real.prepared(statement, values), false),
      transaction: (work) => {
        const inside = (sql: Sql): Sql => ({
          query: (text, values) => around(text, () => sql.query(text, values), true),
        });
        return around('BEGIN', () => commitSeen(real, witness, (sql) => work(inside(sql))), false);
      },
    };
    return Object.assign(Object.create(real) as Database, own);
  }

  /**
   * The registry as this process sees it: the real client, whose transport hands its requests to the fake one instead
   * of a socket. `seen` is told before each request.
   */
  client(
    fake: FakeRegistry,
    seen: (path: string) => void,
    faultOf: (request: SeenRequest) => Fault | null,
    hears: Witness['hears'],
  ) {
    const base = new URL('http://registry.test');
    const send = async (request: RegistryRequest): Promise<Answer> => {
      await this.step(false);
      const arriving = arrival(request);
      seen(arriving.path);
      const outcome = faultOf(arriving) ?? (await fake.exchange(arriving));
      hears(
        `${this.steps} ${request.method} ${arriving.path} → ${typeof outcome === 'string' ? outcome : outcome.status}`,
      );
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

/**
 * A transaction whose commit nobody else's comes close to: what the witness sees is its doing alone. It looks through
 * the same connection, because all others may belong to transactions that wait for their turn.
 */
async function commitSeen<T>(real: Database, witness: Witness, work: (sql: Sql) => Promise<T>): Promise<T> {
  let next = (): void => undefined;
  try {
    return await real.transaction(async (sql) => {
      const result = await work(sql);
      next = await witness.turn();
      await witness.sees(sql);
      return result;
    });
  } finally {
    next();
  }
}

function arrival({ method, url, headers = {} }: RegistryRequest): SeenRequest {
  const path = decodeURIComponent(url.pathname);
  return { method, path, query: url.searchParams, headers, body: Buffer.alloc(0), remote: 'model' };
}
