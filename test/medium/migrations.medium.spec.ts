import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isMigrated, migrate } from '#persistence/migrate.js';
import { MIGRATIONS } from '#persistence/migrations/index.js';
import { migrateQueues } from '#queues/queue-backend.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { TestDatabase } from '../support/test-database.js';

describe(migrate.name, () => {
  let database: TestDatabase;
  afterEach(() => database.drop());

  const settings = () => ({ url: database.url, poolSize: 2, applicationName: 'portus-test' });

  it('makes the whole schema in an empty database, once', async () => {
    database = await TestDatabase.create({ migrated: false });
    expect(await isMigrated(database.sql)).toBe(false);
    expect(await migrate(settings())).toHaveLength(MIGRATIONS.length);
    expect(await isMigrated(database.sql)).toBe(true);
    expect(await migrate(settings())).toEqual([]);
  });

  it('may be run by several processes at once: each migration is run by one of them', async () => {
    database = await TestDatabase.create({ migrated: false });
    const runs = await Promise.all(Array.from({ length: 6 }, () => migrate(settings())));
    expect(runs.flat()).toHaveLength(MIGRATIONS.length);
    expect(await database.value('SELECT count(*)::int FROM migrations')).toBe(MIGRATIONS.length);
  });

  it('leaves a schema in which the entities want no change', async () => {
    database = await TestDatabase.create();
    const wanted = await database.sql.dataSource.driver.createSchemaBuilder().log();
    expect(wanted.upQueries.map((query) => query.query)).toEqual([]);
  });

  it('can be taken back and run again', async () => {
    database = await TestDatabase.create();
    await database.sql.dataSource.undoLastMigration();
    expect(await isMigrated(database.sql)).toBe(false);
    expect(await migrate(settings())).not.toEqual([]);
    expect(await isMigrated(database.sql)).toBe(true);
  });

  it('is no hindrance to the tables of the queues, which several processes may make at once too', async () => {
    database = await TestDatabase.create();
    await Promise.all([1, 2, 3].map(() => migrateQueues(database.url)));
    const tables = await database.value<number>(`SELECT count(*)::int FROM pg_tables WHERE schemaname = 'bullmq'`);
    expect(tables).toBeGreaterThan(0);
    const wanted = await database.sql.dataSource.driver.createSchemaBuilder().log();
    expect(wanted.upQueries.map((query) => query.query)).toEqual([]);
  });

  it('waits for a database that is not there yet, where it is told to', async () => {
    database = await TestDatabase.create({ migrated: false });
    const url = new URL(database.url);
    const way = await TcpProxy.to(url.hostname, Number(url.port || 5432));
    try {
      way.cut();
      const blocked = { ...settings(), url: Object.assign(new URL(url), { port: String(way.port) }).href };
      await expect(migrate(blocked)).rejects.toThrow();
      const failures: string[] = [];
      const onFailure = ({ message }: Error): void => {
        failures.push(message);
        if (failures.length === 2) way.restore();
      };
      expect(await migrate(blocked, { milliseconds: 30_000, onFailure })).toHaveLength(MIGRATIONS.length);
      expect(failures).toHaveLength(2);
    } finally {
      await way.close();
    }
  });

  it('is run by its program with URLs out of files, and makes no queues where Redis has them', async () => {
    database = await TestDatabase.create({ migrated: false });
    const folder = mkdtempSync(join(tmpdir(), 'portus-migrate-'));
    const urls = { DATABASE_URL: database.url, REDIS_URL: 'redis://127.0.0.1:1' };
    for (const [name, url] of Object.entries(urls)) {
      writeFileSync(join(folder, name), `${url}\n`);
      vi.stubEnv(name, '');
      vi.stubEnv(`${name}_FILE`, join(folder, name));
    }
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    try {
      await import('../../apps/api/src/migrate.js');
      expect(exit).not.toHaveBeenCalled();
    } finally {
      exit.mockRestore();
      vi.unstubAllEnvs();
    }
    expect(await isMigrated(database.sql)).toBe(true);
    expect(await database.value(`SELECT count(*)::int FROM pg_namespace WHERE nspname = 'bullmq'`)).toBe(0);
  });
});
