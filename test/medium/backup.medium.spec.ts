import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '#persistence/migrate.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { writeBackup } from '#persistence/backup/write-backup.js';
import { fillAll, snapshotOf } from '../support/old-data.js';
import { portus, portusJson } from '../support/run-cli.js';
import { schemaLines } from '../support/schema-facts.js';
import { TestDatabase } from '../support/test-database.js';

const folder = mkdtempSync(join(tmpdir(), 'portus-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(folder, `${files++}.gz`);
const envOf = ({ url }: TestDatabase) => ({ DATABASE_URL: url });
const restore = (file: string, database: TestDatabase) => portus(['restore', file], envOf(database));

describe('a backup', () => {
  let from: TestDatabase;
  let file: string;
  let to: TestDatabase;

  beforeAll(async () => {
    from = await TestDatabase.create();
    await fillAll(from.sql);
    file = newFile();
    expect((await portus(['backup', '-o', file], envOf(from))).code).toBe(0);
  });
  afterAll(() => from.drop());
  beforeEach(async () => {
    to = await TestDatabase.create({ migrated: false });
    return () => to.drop();
  });

  it('brings back every row of every table, rules and all, and new rows get new ids', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await restore(file, to)).toMatchObject({ code: 0, err: expect.stringContaining('portus registry sync') });
    expect(await snapshotOf(to.sql)).toEqual(await snapshotOf(from.sql));
    expect(await schemaLines(to.sql)).toEqual(await schemaLines(from.sql));
    const id = await to.value<number>(`INSERT INTO teams (name) VALUES ('new') RETURNING id`);
    expect(id).toBe((await from.value<number>('SELECT max(id) FROM teams')) + 1);
  });

  it('of an older schema is restored as it was, and then migrated', async () => {
    const old = await TestDatabase.create();
    try {
      await old.sql.dataSource.undoLastMigration();
      await old.sql.query(`INSERT INTO teams (name) VALUES ('old')`);
      const lines = await backupOf(old);
      const { code, out } = await restore(lines, to);
      expect([code, out]).toEqual([0, expect.stringContaining('1 newer migrations were run')]);
      expect(await schemaLines(to.sql)).toEqual(await schemaLines(from.sql));
      expect(await to.value(`SELECT count(*)::int FROM teams WHERE name = 'old'`)).toBe(1);
    } finally {
      await old.drop();
    }
  });

  it.each<[string, (text: string) => string, string]>([
    ['that was cut off', (text) => text.slice(0, text.lastIndexOf('{"end"')), 'it was cut off'],
    ['in which a row was changed', (text) => text.replace('teams name 1', 'teams name 9'), 'it was changed'],
    ['of a newer Portus', (text) => text.replace('InitialSchema', 'FutureSchema'), 'of a newer Portus'],
    ['of another format', (text) => text.replace('"version":1', '"version":2'), 'not known'],
    ['that is none', () => 'hello\n', 'no backup of Portus'],
  ])('%s is refused, and leaves no row', async (_, spoil, reason) => {
    const spoilt = newFile();
    writeFileSync(spoilt, gzipSync(spoil(gunzipSync(readFileSync(file)).toString())));
    const { code, err } = await restore(spoilt, to);
    expect([code, err]).toEqual([1, expect.stringContaining(reason)]);
    const teams = await to.value<string | null>(`SELECT to_regclass('teams')::text`);
    expect(teams === null ? 0 : await to.value('SELECT count(*)::int FROM teams WHERE NOT hidden')).toBe(0);
  });

  it('is not restored over what is there, nor out of half a file', async () => {
    await migrate({ url: to.url, poolSize: 2, applicationName: 'portus-test' });
    expect((await restore(file, to)).err).toContain('not empty');
    const half = newFile();
    writeFileSync(half, readFileSync(file));
    truncateSync(half, Math.floor(statSync(half).size / 2));
    const empty = await TestDatabase.create({ migrated: false });
    expect((await restore(half, empty)).err).toContain('can not be read');
    await empty.drop();
    expect((await portus(['backup', '-o', file], envOf(from))).err).toContain('never overwritten');
  });
});

/** The command wants a database of this version; a file of an older one is made as that version made it. */
async function backupOf(database: TestDatabase): Promise<string> {
  const lines: string[] = [];
  await writeBackup(database.sql, async (line) => void lines.push(`${line}\n`));
  const file = newFile();
  writeFileSync(file, gzipSync(lines.join('')));
  return file;
}

describe('a catalog that was lost', () => {
  let bench: CatalogBench;
  beforeAll(async () => {
    bench = await CatalogBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    await bench.reset();
    for (let i = 0; i < 40; i++) bench.fake.putImage(`team/app-${i % 8}`, `v${i}`, { seed: `before ${i}` });
    await bench.handleEvents();
  });

  it('is, out of a backup that was made while pushes went on, equal to the registry after one sync, and what went after a second', async () => {
    const file = newFile();
    const state = { over: false };
    const pushing = (async (): Promise<number> => {
      let pushed = 0;
      for (; !state.over || pushed < 20; pushed++) {
        bench.fake.putImage(`team/app-${pushed % 8}`, `v${pushed % 50}`, { seed: `during ${pushed}` });
        await bench.handleEvents();
      }
      return pushed;
    })();
    const { rows } = await portusJson<{ rows: Record<string, number> }>(
      ['backup', '-o', file],
      envOf(bench.database),
    ).finally(() => (state.over = true));
    expect(rows['tags']).toBeGreaterThanOrEqual(40);
    await pushing;
    for (let i = 0; i < 10; i++) bench.fake.putImage('team/later', `v${i}`, { seed: `after ${i}` });
    bench.fake.deleteTag('team/app-1', 'v1');
    await bench.handleEvents();

    const restored = await TestDatabase.create({ migrated: false });
    try {
      expect((await restore(file, restored)).code).toBe(0);
      const again = await bench.over(restored);
      expect(await again.stored()).not.toEqual(again.held());
      await again.sync('deep', 'update-delete');
      const { 'team/app-1': one, ...others } = await again.stored();
      const { 'team/app-1': held, ...otherHeld } = again.held();
      expect(others).toEqual(otherHeld);
      expect(one).toEqual({ ...held, v1: expect.any(String) });
      // What is gone must be seen to be gone a second time.
      await again.sync('deep', 'update-delete');
      expect(await again.stored()).toEqual(again.held());
    } finally {
      await restored.drop();
    }
  });

  it('is rebuilt from the registry alone, with the rights of an exported file', async () => {
    const { database } = bench;
    const password = { stdin: 'a good password' };
    for (const name of ['root', 'alice']) {
      const more = name === 'root' ? ['--admin'] : [];
      const args = ['user', 'create', name, '--email', `${name}@example.test`, '--password-stdin', ...more];
      await portusJson(args, envOf(database), password);
    }
    const team = await database.value<number>(`INSERT INTO teams (name) VALUES ('crew') RETURNING id`);
    await database.sql.query(
      `INSERT INTO team_users (team_id, user_id, role) SELECT $1, id, 'contributor' FROM users WHERE username = 'alice'`,
      [team],
    );
    await database.sql.query(`UPDATE namespaces SET visibility = 'protected', team_id = $1 WHERE name = 'team'`, [
      team,
    ]);
    const exported = newFile();
    expect((await portus(['export', '-o', exported], envOf(database))).code).toBe(0);

    const fresh = await TestDatabase.create();
    try {
      expect(await portus(['import', exported], envOf(fresh))).toMatchObject({ code: 0, err: '' });
      const again = await bench.over(fresh);
      await again.sync('deep', 'update');
      expect(await again.stored()).toEqual(again.held());
      const sections = async (one: TestDatabase) =>
        (JSON.parse((await portus(['export'], envOf(one))).out) as { sections: unknown }).sections;
      expect(await sections(fresh)).toEqual(await sections(database));
      const right = `SELECT m.role || ' ' || n.visibility FROM team_users m JOIN users u ON u.id = m.user_id
        JOIN namespaces n ON n.team_id = m.team_id WHERE u.username = 'alice' AND n.name = 'team'`;
      expect(await fresh.value(right)).toBe('contributor protected');
    } finally {
      await fresh.drop();
    }
  });
});
