import { describe, expect, it } from 'vitest';
import type { NamespaceFacts } from '#domain/policy/facts.js';
import type { TokenFacts } from '#persistence/token-facts.repository.js';
import { ConfirmedFacts } from './confirmed-facts.js';

const team: NamespaceFacts = { id: 1, kind: 'team', visibility: 'private', ownerId: null, role: 'viewer' };
const facts = (names: string[]): TokenFacts => ({
  registryId: 1,
  user: null,
  namespaces: new Map(names.map((name) => [name, team])),
});

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
});
