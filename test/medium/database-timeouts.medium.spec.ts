import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { dataSourceOptions, migrationOptions } from '#persistence/data-source-options.js';
import { Database } from '#persistence/database.js';
import { TestDatabase } from '../support/test-database.js';

/** Far longer than the limit below, far shorter than the test's own time. */
const HANG = 'SELECT pg_sleep(30)';
const PID = 'SELECT pg_backend_pid() AS pid';

let home: TestDatabase;
let sut: Database;

beforeAll(async () => {
  home = await TestDatabase.create({ migrated: false });
  const options = dataSourceOptions({ url: home.url, poolSize: 1, applicationName: 'portus-test' });
  const extra: object = { ...(options.extra as object), query_timeout: 500 };
  sut = new Database(await new DataSource({ ...options, extra } as typeof options).initialize());
});
afterAll(async () => {
  await sut.dataSource.destroy();
  await home.drop();
});

/** A server that is silent, as far as the client can tell, must cost its limit once, and never the next query. */
describe(Database.name, () => {
  it.each([
    ['a query', () => sut.query(HANG)],
    ['a query of TypeORM', () => sut.dataSource.query(HANG)],
    ['a transaction', () => sut.transaction((sql) => sql.query(HANG))],
    ['a transaction of TypeORM', () => sut.dataSource.transaction((manager) => manager.query(HANG))],
  ])('gives %s up, and the connection with it', async (_, hang) => {
    const [before] = await sut.query<{ pid: number }>(PID);
    await expect(hang()).rejects.toThrow('Query read timeout');
    const [after] = await sut.query<{ pid: number }>(PID);
    expect(after!.pid).not.toBe(before!.pid);
  });

  it('keeps a connection after a statement that the server refused', async () => {
    const [before] = await sut.query<{ pid: number }>(PID);
    await expect(sut.dataSource.query('SELECT 1 / 0')).rejects.toThrow('division by zero');
    await expect(sut.transaction((sql) => sql.query('SELECT 1 / 0'))).rejects.toThrow('division by zero');
    expect(await sut.query(PID)).toEqual([before]);
  });
});

describe(dataSourceOptions.name, () => {
  const settings = { url: 'postgres://127.0.0.1/x', poolSize: 1, applicationName: 'x' };

  it('limits every query on both sides: the server first', () => {
    const extra = dataSourceOptions(settings).extra as Record<string, number>;
    expect(extra['statement_timeout']).toBeGreaterThan(0);
    expect(extra['query_timeout']).toBeGreaterThan(extra['statement_timeout']!);
    expect(extra['keepAliveInitialDelayMillis']).toBeLessThanOrEqual(30_000);
  });

  it('limits no migration', () => {
    expect(migrationOptions(settings).extra).not.toHaveProperty('statement_timeout');
    expect(migrationOptions(settings).extra).not.toHaveProperty('query_timeout');
  });
});
