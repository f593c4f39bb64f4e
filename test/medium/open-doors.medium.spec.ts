import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ThrottledError } from '#identity/login-throttle.js';
import { OpenDoors } from '#identity/open-doors.js';
import { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let sut: OpenDoors;

beforeAll(async () => {
  database = await TestDatabase.create();
  sut = new OpenDoors(new LoginFailuresRepository(database.sql));
});
afterAll(() => database.drop());
beforeEach(() => database.truncate());

const rows = () => database.value<number>('SELECT count(*)::int FROM login_failures');
const pass = (address: string) => sut.pass(':sign-up', address);

describe(OpenDoors.name, () => {
  it('lets twenty an hour pass, also of many who come at once', async () => {
    const all = await Promise.allSettled(Array.from({ length: 60 }, () => pass('192.0.2.1')));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    await pass('192.0.2.2');
    await sut.pass(':password-reset', '192.0.2.1');
  });

  it('trap: the addresses of one IPv6 network are one place', async () => {
    for (let i = 1; i <= 20; i++) await pass(`2001:db8:1:2::${i}`);
    await expect(pass('2001:db8:1:2:ffff::1')).rejects.toThrow(ThrottledError);
    await pass('2001:db8:1:3::1');
  });

  it('trap: who is refused fills no table', async () => {
    for (let i = 1; i <= 20; i++) await pass('192.0.2.1');
    for (let i = 1; i <= 10; i++) await expect(pass('192.0.2.1')).rejects.toThrow(ThrottledError);
    expect(await rows()).toBe(20);
    await database.sql.query(`UPDATE login_failures SET failed_at = now() - interval '1 hour'`);
    await pass('192.0.2.1');
  });

  it('an address of the mail counts as it is written, whatever the case', async () => {
    for (let i = 1; i <= 3; i++) await sut.pass(':password-reset-mail', 'alice@example.test');
    await expect(sut.pass(':password-reset-mail', 'alice@example.test')).rejects.toThrow(ThrottledError);
  });
});
