import { afterAll, beforeAll, expect, describe, it } from 'vitest';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import { RefreshTokensRepository } from '#persistence/refresh-tokens.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { ApplicationTokensService } from '../../apps/api/src/users/application-tokens.service.js';
import { LoginsService } from '../../apps/api/src/users/logins.service.js';
import { AccountsRepository } from '#persistence/accounts.repository.js';
import { UserChangesService } from '../../apps/api/src/users/user-changes.service.js';
import { UsersService } from '../../apps/api/src/users/users.service.js';
import { TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
});
afterAll(() => database.drop());

const by: By = { actorId: null, actorName: 'root', address: '192.0.2.1', requestId: 'r1' };
const told = (type: string) =>
  database.sql.query<{ key: string; subject: string; actor: string; details: object }>(
    `SELECT key, subject_name AS subject, actor_name AS actor, details FROM activities
      WHERE subject_type = $1 ORDER BY id`,
    [type],
  );

describe('what is done to users and their tokens', () => {
  it('stands in the activities, without secrets, and what was refused does not', async () => {
    const [users, activities] = [new UsersRepository(database.sql), new ActivitiesRepository(database.sql)];
    const identity = { hashPassword: async () => 'a hash' } as never;
    const sut = new UsersService(users, identity, activities);
    const changes = new UserChangesService(sut, users, new AccountsRepository(database.sql), identity, activities);
    const tokens = new ApplicationTokensService(
      new ApplicationTokensRepository(database.sql),
      users,
      activities,
      database.sql,
    );
    const input = { username: 'robot', email: 'robot@example.test', password: 'a secret password', bot: true };
    const { id } = await sut.create(by, input);
    await expect(sut.create(by, input)).rejects.toThrow(expect.objectContaining({ code: 'invalid' }));
    const boss = { username: 'root', email: null, passwordHash: null, displayName: null, bot: false, service: false };
    const root = await users.create({ ...boss, admin: true });
    const person = { kind: 'user', userId: root.id, username: 'root', admin: true } as never;
    await changes.update(person, by, id, { display_name: 'R.', email: 'r@example.test' });
    await changes.update(person, by, id, { locked: true });
    await changes.update(person, by, id, { locked: false });
    await changes.update(person, by, id, { enabled: false });
    await expect(changes.update(person, by, id, { password: 'of a bot' })).rejects.toThrow();
    const { token, plain } = await tokens.create(person, by, id, { application: 'ci', read_only: true });
    await expect(tokens.create(person, by, id, { application: 'ci' })).rejects.toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
    await tokens.delete(person, by, token.id);

    const ofUser = await told('user');
    expect(ofUser.map(({ key }) => key)).toEqual([
      'user.create',
      'user.update',
      'user.update',
      'user.unlock',
      'user.enabled',
    ]);
    expect(ofUser.every(({ subject, actor }) => subject === 'robot' && actor === 'root')).toBe(true);
    const ofToken = await told('application_token');
    const details = { username: 'robot', actions: ['pull'], namespaces: null, expiresAt: null };
    expect(ofToken).toEqual(
      ['create', 'destroy'].map((what) => ({
        key: `application_token.${what}`,
        subject: 'ci',
        actor: 'root',
        details,
      })),
    );
    const everything = JSON.stringify([ofUser, ofToken]);
    for (const secret of [plain, input.password, 'a hash']) expect(everything).not.toContain(secret);
    expect((await users.find(id))!.passwordHash).toBeNull();
  });

  it('a login of a client that is ended stands there too, and somebody else ends none', async () => {
    const [users, activities] = [new UsersRepository(database.sql), new ActivitiesRepository(database.sql)];
    const logins = new RefreshTokensRepository(database.sql);
    const sut = new LoginsService(logins, users, activities, database.sql);
    const input = { username: 'dora', email: null, displayName: null, passwordHash: null };
    const dora = await users.create({ ...input, admin: false, bot: false, service: false });
    const login = { userId: dora.id, credentialVersion: 0, service: 'registry.test', clientId: 'docker' };
    await logins.create({ ...login, tokenHash: Buffer.from('a hash of a token') });
    const { id } = (await logins.ofUser(dora.id))[0]!;
    const as = (userId: number) => ({ kind: 'user', userId, admin: false }) as never;
    await expect(sut.end(as(dora.id + 1), by, id)).rejects.toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(await told('refresh_token')).toEqual([]);
    await sut.end(as(dora.id), by, id);
    expect(await logins.ofUser(dora.id)).toEqual([]);
    const details = { service: 'registry.test', clientId: 'docker' };
    expect(await told('refresh_token')).toEqual([
      { key: 'refresh_token.destroy', subject: 'dora', actor: 'root', details },
    ]);
  });
});
