import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LoginThrottle, ThrottledError } from '#identity/login-throttle.js';
import { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { TestDatabase } from '../support/test-database.js';

const right = async () => true;
const wrong = async () => false;

describe(LoginThrottle.name, () => {
  let database: TestDatabase;
  let sut: LoginThrottle;
  let other: LoginThrottle;

  beforeAll(async () => {
    database = await TestDatabase.create();
    const secret = 'a secret key base of this test, long';
    sut = new LoginThrottle(new LoginFailuresRepository(database.sql), secret);
    other = new LoginThrottle(new LoginFailuresRepository(database.sql), secret);
  });
  afterAll(() => database.drop());
  beforeEach(() => database.truncate());

  const attempt = (username: string, address: string, password = 'guess') => ({ username, address, password });
  const rows = () => database.value<number>('SELECT count(*)::int FROM login_failures');
  const fail = async (times: number, username: string, address: string) => {
    for (let i = 0; i < times; i++) await sut.guard(attempt(username, address, `guess ${i}`), wrong);
  };

  it('locks a pair after ten wrong passwords, in every replica, before another hash is computed', async () => {
    await fail(10, 'alice', '192.0.2.1');
    let asked = false;
    const verify = async () => (asked = true);
    await expect(other.guard(attempt('ALICE', '192.0.2.1', 'right'), verify)).rejects.toThrow(ThrottledError);
    expect(asked).toBe(false);
    const error = await other.guard(attempt('alice', '192.0.2.1'), right).catch((one: ThrottledError) => one);
    expect((error as ThrottledError).retryAfter).toBeGreaterThan(500);
    expect((error as ThrottledError).retryAfter).toBeLessThanOrEqual(600);
  });

  it('lets nobody lock somebody else out: another address, and another user, go on', async () => {
    await fail(10, 'alice', '192.0.2.66');
    expect(await sut.guard(attempt('alice', '192.0.2.1'), right)).toBe(true);
    expect(await sut.guard(attempt('bob', '192.0.2.66'), right)).toBe(true);
  });

  it('opens again when the window has passed', async () => {
    await fail(10, 'alice', '192.0.2.1');
    await database.sql.query(`UPDATE login_failures SET failed_at = now() - interval '601 seconds'`);
    expect(await sut.guard(attempt('alice', '192.0.2.1'), right)).toBe(true);
  });

  it('counts the same password, tried by POST and then by GET, once', async () => {
    for (let i = 0; i < 5; i++) await sut.guard(attempt('alice', '192.0.2.1', 'same'), wrong);
    expect(await rows()).toBe(1);
  });

  it('forgets slips after the right password, and writes nothing for right ones', async () => {
    await fail(9, 'alice', '192.0.2.1');
    expect(await sut.guard(attempt('alice', '192.0.2.1'), right)).toBe(true);
    expect(await rows()).toBe(0);
    await fail(9, 'alice', '192.0.2.1');
    expect(await sut.guard(attempt('alice', '192.0.2.1'), right)).toBe(true);
  });

  it('turns wrong passwords from a busy address away, and lets right ones pass', async () => {
    await database.sql.query(
      `INSERT INTO login_failures (username, address, attempt)
       SELECT 'user' || i, '192.0.2.9', '\\x00' FROM generate_series(1, 300) i`,
    );
    await expect(sut.guard(attempt('zoe', '192.0.2.9'), wrong)).rejects.toThrow(ThrottledError);
    expect(await sut.guard(attempt('zoe', '192.0.2.9'), right)).toBe(true);
  });

  it('never stores what was tried', async () => {
    await sut.guard(attempt('alice', '192.0.2.1', 'a password typed in the wrong field'), wrong);
    const text = await database.value<string>('SELECT row_to_json(f)::text FROM login_failures f');
    expect(text).not.toContain('password typed');
    expect(text).not.toContain(Buffer.from('a password typed').toString('hex'));
  });
});
