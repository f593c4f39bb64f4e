import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage, type BuiltImage } from '../factories/image.js';
import { query } from './databases.js';
import { pushImage } from './push-image.js';
import { startStack, type StackOptions } from './stack.js';
import type { Stack } from './stack-handle.js';
import { until } from './until.js';

const NEEDS = { redis: ['PORTUS_TEST_REDIS_BIN'], postgres: [] } as const;
const REGISTRY = 'PORTUS_TEST_REGISTRY_28';

/** A row that went from the tables. */
export interface Deletion {
  what: string;
  name: string;
}

/**
 * A running house with a witness in its database, for scenes in which something breaks. Pushes and deletes use tokens
 * that are signed here, so that they work while the api is away.
 */
export class CrashHouse {
  private readonly deleted = new Set<string>();

  private constructor(
    readonly stack: Stack,
    readonly queues: 'redis' | 'postgres',
  ) {}

  static async start(queues: 'redis' | 'postgres', options: StackOptions): Promise<CrashHouse> {
    const stack = await startStack({ queues, ...options });
    for (const statement of WITNESS) await stack.sql(statement);
    return new CrashHouse(stack, queues);
  }

  /** Pushes an image made of the seed. `registryUrl`: through another registry process. */
  async push(name: string, seed: string, registryUrl: string = this.stack.registry.url): Promise<BuiltImage> {
    const [repository, tag] = split(name);
    const access = { type: 'repository' as const, name: repository, actions: ['pull', 'push'] };
    const token = await this.stack.signToken([access], 'alice');
    const image = buildImage({ seed });
    await pushImage({ url: registryUrl, repository, token }, tag, image);
    return image;
  }

  /** The tags that went are gone for a reason. */
  noteDeleted(repository: string, tags: Iterable<string>): void {
    for (const tag of tags) this.deleted.add(`${repository}:${tag}`);
  }

  /** Deletes the manifest that a tag names, with all its tags. */
  async delete(repository: string, image: BuiltImage, tags: string[]): Promise<void> {
    this.noteDeleted(repository, tags);
    const token = await this.stack.signToken([{ type: 'repository', name: repository, actions: ['delete'] }], 'alice');
    const url = `${this.stack.registry.url}/v2/${repository}/manifests/${image.manifest.digest}`;
    const answer = await fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    if (answer.status !== 202) throw new Error(`DELETE ${url} was answered ${answer.status}`);
  }

  /** Empties the queue's store, whatever it is. */
  async emptyQueues(): Promise<void> {
    if (this.stack.redis) return this.stack.redis.flush();
    const tables = await this.stack.sql<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
    );
    const statement = `TRUNCATE ${tables.map((table) => table.name).join(', ')}`;
    // Under running workers it may be the victim of a deadlock.
    await until('the tables are empty', () => this.stack.sql(statement).then(() => true));
  }

  /** Waits until the catalog equals the registry, and checks that nothing went that nobody had deleted. */
  async settle(): Promise<void> {
    await this.stack.untilEqual();
    await this.expectNoLoss();
  }

  async expectNoLoss(): Promise<void> {
    const rows = await query<Deletion>(this.stack.databaseUrl, 'SELECT what, name FROM witness');
    expect(rows.filter((row) => row.what !== 'tag' || !this.deleted.has(row.name))).toEqual([]);
  }
}

/** Writes down what is deleted, and what is hidden, by whomever. */
const WITNESS = [
  'CREATE TABLE witness (what text, name text, at timestamptz DEFAULT clock_timestamp())',
  `CREATE FUNCTION witness_tag() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO witness SELECT 'tag', r.full_name || ':' || OLD.name FROM repositories r WHERE r.id = OLD.repository_id;
     RETURN OLD; END $$`,
  `CREATE FUNCTION witness_repository() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO witness VALUES ('repository', OLD.full_name);
     RETURN OLD; END $$`,
  'CREATE TRIGGER witness BEFORE DELETE ON tags FOR EACH ROW EXECUTE FUNCTION witness_tag()',
  'CREATE TRIGGER witness BEFORE DELETE ON repositories FOR EACH ROW EXECUTE FUNCTION witness_repository()',
];

function split(name: string): [repository: string, tag: string] {
  const at = name.lastIndexOf(':');
  return [name.slice(0, at), name.slice(at + 1)];
}

/** Plays scenes on registry 2.8 with each backend of the queues. */
export function crashScenes(
  title: string,
  options: StackOptions,
  play: (house: () => CrashHouse, queues: 'redis' | 'postgres') => void,
  needs: readonly string[] = [],
): void {
  for (const queues of ['redis', 'postgres'] as const) {
    const missing = [REGISTRY, 'PORTUS_TEST_PG_BIN', ...NEEDS[queues], ...needs].filter((name) => !process.env[name]);
    describe.skipIf(missing.length > 0)(`${title}, queues in ${queues}`, () => {
      if (missing.length > 0) return void it(`is played (needs ${missing.join(', ')})`, () => undefined);
      let house: CrashHouse | undefined;
      beforeAll(async () => {
        house = await CrashHouse.start(queues, options);
      });
      afterAll(() => house?.stack.stop());
      play(() => {
        if (!house) throw new Error('the house does not run');
        return house;
      }, queues);
    });
  }
}
