import { hash } from '@node-rs/bcrypt';
import { beforeAll, describe, expect, it } from 'vitest';
import { Identity } from './identity.js';
import { PasswordHasher } from './password-hasher.js';
import { VerifiedCredentials } from './verified-credentials.js';

const PASSWORD = 'a password of 2016';
const VERSION = /^\$2[aby]\$/;
let stored: string;
beforeAll(async () => {
  stored = await hash(PASSWORD, 4);
});

describe('an imported bcrypt hash', () => {
  const hasher = new PasswordHasher();

  it.each(['2a', '2b', '2y'])('of version %s is verified', async (version) => {
    const imported = stored.replace(VERSION, `$$${version}$$`);
    expect(imported).toMatch(new RegExp(`^\\$${version}\\$`));
    expect(await hasher.verify(imported, PASSWORD)).toBe(true);
    expect(await hasher.verify(imported, 'another password')).toBe(false);
  });

  it('of a hostile cost is refused, in whichever way it is written, without being computed', async () => {
    // The last of them would take days.
    for (const cost of ['15', '+15', '99', '-1', '', '31']) {
      expect(await hasher.verify(stored.replace('$04$', `$${cost}$`), PASSWORD)).toBe(false);
    }
  });

  it.each(['$2x$', '$2$', '$2b$', '$2b$04$', '$2b$04$short', '$2b$04$' + '!'.repeat(53)])(
    'that is malformed (%s) is refused',
    async (text) => {
      expect(await hasher.verify(text === '$2x$' ? stored.replace(VERSION, '$$2x$$') : text, PASSWORD)).toBe(false);
    },
  );
});

describe(Identity.name, () => {
  function setUp() {
    const replaced: [number, string, string][] = [];
    let verified = 0;
    const users = {
      replaceHash: async (id: number, from: string, to: string) => void replaced.push([id, from, to]),
    };
    const throttle = {
      guard: async (_: unknown, verify: () => Promise<boolean>) => {
        verified++;
        return verify();
      },
      pass: async () => undefined,
      passAlone: () => undefined,
    };
    const parts = [users, null, new PasswordHasher(), new VerifiedCredentials(), throttle, null] as never[];
    const sut = new Identity(...(parts as unknown as ConstructorParameters<typeof Identity>));
    const signIn = (user: object | null, password = PASSWORD) =>
      sut.isPasswordOf(user as never, { username: 'alice', password }, '192.0.2.1');
    const isWarm = (user: object) => sut.isWarm(user as never, { username: 'alice', password: PASSWORD }, '192.0.2.1');
    return { isWarm, users, replaced, signIn, verified: () => verified };
  }
  const alice = (more: object = {}) => ({
    id: 1,
    passwordHash: stored,
    credentialVersion: 3,
    bot: false,
    ...more,
  });

  it('replaces it by argon2id at the first good login only, and the password is warm at the same version', async () => {
    const { isWarm, replaced, signIn } = setUp();
    expect(await signIn(alice(), 'another password')).toBe(false);
    expect(replaced).toEqual([]);
    expect(await signIn(alice())).toBe(true);
    expect(replaced).toEqual([[1, stored, expect.stringMatching(/^\$argon2id\$/)]]);
    expect(await new PasswordHasher().verify(replaced[0]![2], PASSWORD)).toBe(true);
    expect(isWarm(alice({ passwordHash: replaced[0]![2] }))).toBe(true);
    await signIn(alice({ passwordHash: replaced[0]![2] }));
    expect(replaced).toHaveLength(1);
  });

  it('proves the first 72 bytes of a password only: a longer one signs in as in Portus, and is not stored', async () => {
    const { replaced, signIn } = setUp();
    const long = `${'ä'.repeat(36)} and more`;
    const imported = alice({ passwordHash: await hash(long, 4) });
    expect(await signIn(imported, `${'ä'.repeat(36)} and something else`)).toBe(true);
    expect(await signIn(imported, long)).toBe(true);
    expect(replaced).toEqual([]);
    expect(await signIn(imported, 'ä'.repeat(35))).toBe(false);
    expect(await signIn(imported, 'ä'.repeat(36))).toBe(true);
    expect(replaced).toHaveLength(1);
  });

  it('signs in all the same when the new hash can not be stored', async () => {
    const { users, signIn } = setUp();
    users.replaceHash = async () => Promise.reject(new Error('away'));
    expect(await signIn(alice())).toBe(true);
  });

  it('knows no password of a bot, of a user without one, and of nobody: after as much work as for a wrong one', async () => {
    const { isWarm, signIn, verified } = setUp();
    const argon = await new PasswordHasher().hash(PASSWORD);
    const holders = [alice({ bot: true, passwordHash: argon }), alice({ passwordHash: null }), null];
    for (const holder of holders) expect(await signIn(holder)).toBe(false);
    expect(verified()).toBe(holders.length);
    expect(await signIn(alice({ passwordHash: argon }))).toBe(true);
    expect(isWarm(alice({ bot: true, passwordHash: argon }))).toBe(false);
  });
});
