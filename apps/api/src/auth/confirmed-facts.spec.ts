import { describe, expect, it } from 'vitest';
import type { NamespaceFacts } from '#domain/policy/facts.js';
import type { TokenFacts, UserFacts } from '#persistence/token-facts.repository.js';
import { ConfirmedFacts } from './confirmed-facts.js';

const team: NamespaceFacts = { id: 1, kind: 'team', visibility: 'private', ownerId: null, role: 'viewer' };
const facts = (names: string[]): TokenFacts => ({
  registryId: 1,
  user: null,
  token: null,
  doubted: false,
  namespaces: new Map(names.map((name) => [name, team])),
});

const alice: UserFacts = {
  id: 1,
  username: 'alice',
  passwordHash: 'x',
  credentialVersion: 1,
  admin: false,
  enabled: true,
  locked: false,
  bot: false,
  service: false,
};

function setUp(graceMs = 600_000) {
  let now = 1_000_000;
  return { sut: new ConfirmedFacts(graceMs, () => now), later: (ms: number) => (now += ms) };
}

describe(ConfirmedFacts.name, () => {
  it('recalls what was confirmed, namespaces that do not exist included', () => {
    const { sut } = setUp();
    sut.remember('k', ['team', 'none'], facts(['team']));
    const recalled = sut.recall('k', ['team', 'none'])!;
    expect([...recalled.namespaces.keys()]).toEqual(['team']);
  });

  it('recalls nothing for another credential, nor for a namespace that was not asked about', () => {
    const { sut } = setUp();
    sut.remember('k', ['team'], facts(['team']));
    expect(sut.recall('other', ['team'])).toBeNull();
    expect(sut.recall('k', ['team', 'unasked'])).toBeNull();
  });

  it('stays within the grace and no further, for each namespace by itself', () => {
    const { sut, later } = setUp();
    sut.remember('k', ['old'], facts(['old']));
    later(400_000);
    sut.remember('k', ['new'], facts(['new']));
    later(300_000);
    expect(sut.recall('k', ['old'])).toBeNull();
    expect(sut.recall('k', ['new'])).not.toBeNull();
    later(300_000);
    expect(sut.recall('k', ['new'])).toBeNull();
    expect(sut.recall('k', [])).toBeNull();
  });

  it('keeps nothing when the grace is 0, nor of an unknown service', () => {
    const off = setUp(0).sut;
    off.remember('k', [], facts([]));
    expect(off.recall('k', [])).toBeNull();
    const { sut } = setUp();
    sut.remember('k', [], { ...facts([]), registryId: null });
    expect(sut.recall('k', [])).toBeNull();
  });

  it('stays bounded; the one confirmed longest ago goes first', () => {
    const { sut } = setUp();
    for (let i = 0; i < 10_050; i++) sut.remember(`k${i}`, [], facts([]));
    expect(sut.recall('k0', [])).toBeNull();
    expect(sut.recall('k10049', [])).not.toBeNull();
    for (let i = 0; i < 1_000; i++) sut.remember('k10049', [`n${i}`], facts([]));
    expect(sut.recall('k10049', ['n0'])).toBeNull();
    expect(sut.recall('k10049', ['n999'])).not.toBeNull();
  });

  it('stays bounded over all namespaces together', () => {
    const { sut } = setUp();
    const names = Array.from({ length: 200 }, (_, i) => `n${i}`);
    for (let i = 0; i < 1_000; i++) sut.remember(`k${i}`, names, facts([]));
    expect(sut.size.namespaces).toBeLessThanOrEqual(100_000);
    expect(sut.size.entries).toBe(sut.size.namespaces / 200);
    expect(sut.recall('k999', names)).not.toBeNull();
    expect(sut.recall('k0', names)).toBeNull();
  });

  it('is corrected by what the database says next, whoever asked, and grows by it in nothing', () => {
    const { sut } = setUp();
    const known = { ...facts(['team']), user: alice };
    sut.correct('k', ['team'], known);
    expect(sut.size.entries).toBe(0);
    sut.remember('k', ['team'], known);
    sut.correct('k', ['team', 'other'], { ...facts([]), user: { ...alice, enabled: false } });
    expect(sut.recall('k', ['team'])).toMatchObject({ user: { enabled: false }, namespaces: new Map() });
    expect(sut.recall('k', ['other'])).toBeNull();
    sut.correct('k', [], facts([]));
    expect(sut.recall('k', ['team'])).toBeNull();
  });

  it('does not go back to what was asked earlier and came later', () => {
    const { sut, later } = setUp();
    sut.remember('k', ['team'], { ...facts(['team']), user: alice });
    const earlier = later(0);
    later(1_000);
    sut.correct('k', ['team'], { ...facts(['team']), user: { ...alice, credentialVersion: 2 } });
    sut.remember('k', ['team'], { ...facts(['team']), user: alice }, earlier);
    expect(sut.recall('k', ['team'])!.user!.credentialVersion).toBe(2);
  });

  it('believes no application token past its expiry', () => {
    const { sut, later } = setUp();
    const token = { id: 1, expiresAt: new Date(1_005_000), actions: null, namespaces: null };
    sut.remember('k', [], { ...facts([]), user: alice, token });
    expect(sut.recall('k', [])).toMatchObject({ token: { id: 1 } });
    later(5_000);
    expect(sut.recall('k', [])).toBeNull();
  });
});
