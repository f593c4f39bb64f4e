import * as argon2 from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { hashApplicationToken, isApplicationToken, newApplicationToken } from './application-token.js';
import { parseBasicAuth, parsePortusAuth } from './basic-auth.js';
import { Identity } from './identity.js';
import { HasherBusyError, PasswordHasher } from './password-hasher.js';
import { VerifiedCredentials } from './verified-credentials.js';

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe(parseBasicAuth.name, () => {
  it.each([
    ['alice:secret', { username: 'alice', password: 'secret' }],
    ['alice:a:b:c', { username: 'alice', password: 'a:b:c' }],
    ['a@b.c$+x:pässword', { username: 'a@b.c$+x', password: 'pässword' }],
    ['alice:', { username: 'alice', password: '' }],
  ])('reads %s', (pair, expected) => {
    expect(parseBasicAuth(basic(pair))).toEqual(expected);
  });

  it.each([
    undefined,
    '',
    'Basic',
    'Basic !!!',
    'Bearer x',
    basic('nocolon'),
    basic(':x'),
    basic('a\0b:c'),
    basic(`a:${'x'.repeat(9000)}`),
  ])('refuses %j', (header) => {
    expect(parseBasicAuth(header)).toBeNull();
  });

  it('reads Portus-Auth', () => {
    expect(parsePortusAuth('alice:ptk_x')).toEqual({ username: 'alice', password: 'ptk_x' });
    expect(parsePortusAuth('alice')).toBeNull();
  });
});

describe('application tokens', () => {
  it('are recognisable, never the same, and hash to 32 bytes', () => {
    const [one, two] = [newApplicationToken(), newApplicationToken()];
    expect(isApplicationToken(one)).toBe(true);
    expect(isApplicationToken('password')).toBe(false);
    expect(one).not.toBe(two);
    expect(hashApplicationToken(one)).toHaveLength(32);
    expect(hashApplicationToken(one).equals(hashApplicationToken(two))).toBe(false);
  });
});

describe(PasswordHasher.name, () => {
  const sut = new PasswordHasher();

  it('verifies the right password and nothing else', async () => {
    const stored = await sut.hash('correct horse');
    expect(stored).toMatch(/^\$argon2id\$/);
    expect(await sut.verify(stored, 'correct horse')).toBe(true);
    expect(await sut.verify(stored, 'wrong horse')).toBe(false);
    expect(await sut.verify(null, 'a password that nobody has')).toBe(false);
    expect(await sut.verify('not a hash', 'x')).toBe(false);
  });

  it('does the work for nobody in full', async () => {
    const measure = async (stored: string | null) => {
      const began = performance.now();
      await sut.verify(stored, 'wrong');
      return performance.now() - began;
    };
    const stored = await sut.hash('right');
    const [known, unknown]: [number[], number[]] = [[], []];
    for (let i = 0; i < 15; i++) {
      known.push(await measure(stored));
      unknown.push(await measure(null));
    }
    const median = (times: number[]) => times.toSorted((a, b) => a - b)[7]!;
    expect(median(unknown) / median(known)).toBeGreaterThan(0.5);
    expect(median(unknown) / median(known)).toBeLessThan(2);
  });

  it('turns callers away instead of queueing without bound', async () => {
    const results = await Promise.allSettled(Array.from({ length: 400 }, () => sut.verify(null, 'x')));
    const refused = results.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every((one) => one.reason instanceof HasherBusyError)).toBe(true);
    expect(await sut.verify(null, 'x')).toBe(false);
  }, 60_000);
});

describe('how much work a password is', () => {
  it('is the same for a wrong one, for nobody, for bots and for users without a password', async () => {
    const costs: string[] = [];
    const verify: typeof argon2.verify = async (against, password) => {
      costs.push(`${/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$/.exec(String(against))?.[0]} ${String(password)}`);
      return argon2.verify(against, password);
    };
    const hasher = new PasswordHasher({ hash: argon2.hash, verify });
    const stored = await hasher.hash('right');
    const guard = async (_: unknown, verify: () => Promise<boolean>) => verify();
    const parts = [null, null, hasher, new VerifiedCredentials(), { guard, pass: async () => undefined }, null];
    const sut = new Identity(...(parts as unknown as ConstructorParameters<typeof Identity>));
    const holder = { id: 1, passwordHash: stored, credentialVersion: 1, bot: false };
    const people = [holder, null, { ...holder, passwordHash: null }, { ...holder, bot: true }];
    for (const one of people) {
      expect(await sut.isPasswordOf(one, { username: 'alice', password: 'wrong' }, '192.0.2.1')).toBe(false);
    }
    expect(costs).toEqual(people.map(() => '$argon2id$v=19$m=19456,t=2,p=1$ wrong'));
    expect(await sut.isPasswordOf(holder, { username: 'alice', password: 'right' }, '192.0.2.1')).toBe(true);
  });
});

describe(VerifiedCredentials.name, () => {
  it('knows a verified password for this user and version only, and for a while', () => {
    let now = 0;
    const sut = new VerifiedCredentials(900_000, () => now);
    sut.remember(1, 1, 'secret');
    expect(sut.has(1, 1, 'secret')).toBe(true);
    expect(sut.has(1, 2, 'secret')).toBe(false);
    expect(sut.has(2, 1, 'secret')).toBe(false);
    expect(sut.has(1, 1, 'other')).toBe(false);
    now = 900_001;
    expect(sut.has(1, 1, 'secret')).toBe(false);
  });

  it('stays bounded', () => {
    const sut = new VerifiedCredentials();
    for (let i = 0; i < 10_100; i++) sut.remember(i, 1, 'x');
    expect(sut.has(0, 1, 'x')).toBe(false);
    expect(sut.has(10_099, 1, 'x')).toBe(true);
  });
});

describe(Identity.name, () => {
  it('keeps a password warm that is used, also longer than a lifetime, and lets one go cold that is not', async () => {
    let now = 0;
    let hashed = 0;
    const verified = new VerifiedCredentials(1_000, () => now);
    const hasher = { verify: async () => ++hashed > 0 };
    const guard = async (_: unknown, verify: () => Promise<boolean>) => verify();
    const throttle = { guard, pass: async () => undefined, passAlone: () => undefined };
    const sut = new Identity(null as never, null as never, hasher as never, verified, throttle as never, null as never);
    const user = { id: 1, passwordHash: 'x', credentialVersion: 1, bot: false };
    const signIn = () => sut.isPasswordOf(user, { username: 'alice', password: 'right' }, '192.0.2.1');
    for (now = 0; now <= 5_000; now += 500) expect(await signIn()).toBe(true);
    expect(hashed).toBe(1);
    now += 2_000;
    expect(sut.isWarm(user, { username: 'alice', password: 'right' }, '192.0.2.1')).toBe(false);
    expect(await signIn()).toBe(true);
    expect(hashed).toBe(2);
  });
});
