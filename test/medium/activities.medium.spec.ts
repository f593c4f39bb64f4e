import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AuditChain } from '#audit/audit-chain.js';
import { ActivitiesRepository, BY_PORTUS, type By } from '#persistence/activities.repository.js';
import { ActivitySealsRepository } from '#persistence/activity-seals.repository.js';
import type { Sql } from '#persistence/database.js';
import { TestDatabase } from '../support/test-database.js';

const ADMIN = { userId: 1, admin: true };

let database: TestDatabase;
let activities: ActivitiesRepository;
let chain: AuditChain;

beforeAll(async () => {
  database = await TestDatabase.create();
  activities = new ActivitiesRepository(database.sql);
  chain = new AuditChain(new ActivitySealsRepository(database.sql));
});
afterEach(() => database.truncate());
afterAll(() => database.drop());

const by = (actorId: number): By => ({ actorId, actorName: `user${actorId}`, address: '192.0.2.7', requestId: 'r1' });

async function record(actorId: number, name: string, teamId: number | null = null, sql?: Sql) {
  const activity = { key: 'team.create', subjectType: 'team', subjectId: 1, subjectName: name, teamId } as const;
  await activities.record(by(actorId), { ...activity, details: { after: { name } } }, sql);
}

const names = async (userId: number, cursor: string | null = null, limit = 10): Promise<string[]> => {
  const rows = await activities.page({ userId, admin: userId === 1 }, {}, cursor, limit);
  return rows.map((row) => row.subjectName);
};

/** Rows change only where somebody switches the guard off, as whoever owns the database can. */
async function tamper(statement: string): Promise<void> {
  await database.sql.transaction(async (sql) => {
    await sql.query('ALTER TABLE activities DISABLE TRIGGER activities_append_only');
    await sql.query(statement);
    await sql.query('ALTER TABLE activities ENABLE TRIGGER activities_append_only');
  });
}

describe(ActivitiesRepository.name, () => {
  it('lists newest first, a page at a time, and by what was asked for', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await record(2, name);
    await activities.record(BY_PORTUS, {
      key: 'tag.move',
      subjectType: 'tag',
      subjectId: '9007199254740993',
      subjectName: 'x',
    });
    const first = await activities.page(ADMIN, {}, null, 4);
    expect(first.map((row) => row.subjectName)).toEqual(['x', 'e', 'd', 'c']);
    expect(await names(1, first.at(-1)!.id)).toEqual(['b', 'a']);
    const moved = await activities.page(ADMIN, { key: 'tag.move' }, null, 4);
    expect(moved).toMatchObject([{ subjectName: 'x', subjectId: '9007199254740993', actorName: 'portus' }]);
    expect(await activities.page(ADMIN, { actorId: 3 }, null, 4)).toEqual([]);
    expect(await activities.page(ADMIN, { until: new Date(0) }, null, 4)).toEqual([]);
  });

  it('shows others what they did and what happened in their teams, once', async () => {
    await database.sql.query(
      `INSERT INTO users (id, username) OVERRIDING SYSTEM VALUE VALUES (2, 'two'), (3, 'three')`,
    );
    await database.sql.query(`INSERT INTO teams (id, name) OVERRIDING SYSTEM VALUE VALUES (7, 'ours'), (8, 'theirs')`);
    await database.sql.query(`INSERT INTO team_users (team_id, user_id, role) VALUES (7, 2, 'viewer')`);
    await record(2, 'mine and ours', 7);
    await record(3, 'ours', 7);
    await record(3, 'theirs', 8);
    await record(3, 'nobody’s');
    expect(await names(2)).toEqual(['ours', 'mine and ours']);
    expect(await names(3)).toHaveLength(3);
    expect(await names(1)).toHaveLength(4);
  });

  it('is written with the change that it tells of, or not at all', async () => {
    const change = database.sql.transaction(async (sql) => {
      await record(2, 'undone', null, sql);
      throw new Error('the change failed');
    });
    await expect(change).rejects.toThrow('the change failed');
    expect(await names(1)).toEqual([]);
  });

  it('refuses every change of a row', async () => {
    await record(2, 'a');
    await expect(database.sql.query(`UPDATE activities SET actor_name = 'x'`)).rejects.toThrow('append only');
    await expect(database.sql.query('DELETE FROM activities')).rejects.toThrow('append only');
    await chain.seal();
    await expect(database.sql.query('UPDATE activities SET seal_id = 5')).rejects.toThrow('append only');
  });
});

describe(AuditChain.name, () => {
  it('covers every committed row once, whatever the order in which rows became visible', async () => {
    await record(2, 'a');
    await database.sql.transaction(async (sql) => {
      await record(2, 'slow', null, sql);
      await record(2, 'b');
      expect(await chain.seal()).toBe(2);
    });
    expect(await chain.seal()).toBe(1);
    expect(await chain.seal()).toBe(0);
    expect(await chain.verify()).toMatchObject({ intact: true, seals: 2, rows: 3, unsealed: 0 });
  });

  it('is sealed by one process at a time', async () => {
    for (let i = 0; i < 20; i++) await record(2, `a${i}`);
    const sealed = await Promise.all(Array.from({ length: 6 }, () => chain.seal()));
    expect(sealed.reduce((sum, rows) => sum + rows, 0)).toBe(20);
    expect(await chain.verify()).toMatchObject({ intact: true, rows: 20 });
  });

  it.each([
    ['a changed row', `UPDATE activities SET actor_name = 'somebody else' WHERE subject_name = 'b'`],
    ['a changed detail', `UPDATE activities SET details = '{}' WHERE subject_name = 'b'`],
    [
      'a changed time',
      `UPDATE activities SET created_at = created_at + interval '1 microsecond' WHERE subject_name = 'b'`,
    ],
    ['a removed row', `DELETE FROM activities WHERE subject_name = 'b'`],
    ['a row moved to another link', `UPDATE activities SET seal_id = 1 WHERE subject_name = 'b'`],
    [
      'a row that was slipped in',
      `INSERT INTO activities (key, subject_type, subject_name, seal_id) VALUES ('team.create', 'team', 'x', 2)`,
    ],
    ['a removed link', 'DELETE FROM activity_seals WHERE id = 2'],
    ['links cut off the end', 'DELETE FROM activity_seals WHERE id > 1'],
  ])('gives away %s', async (_, statement) => {
    for (const name of ['a', 'b', 'c']) {
      await record(2, name);
      await chain.seal();
    }
    expect(await chain.verify()).toMatchObject({ intact: true, seals: 3 });
    await tamper(statement);
    const verdict = await chain.verify();
    expect(verdict.intact).toBe(false);
    expect(verdict.brokenAt).toBeLessThanOrEqual(2);
  });
});
