import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isEmptyPlan,
  planSync,
  type LocalTag,
  type Plan,
  type PlanRules,
  type RemoteTag,
  type TagHint,
} from './plan-sync.js';

const T0 = new Date('2026-01-01T00:00:00Z');
const T1 = new Date('2026-01-01T00:10:00Z');
const removing: PlanRules = { mayRemove: true, confirmBefore: T1 };
const keeping: PlanRules = { mayRemove: false, confirmBefore: T1 };
const present = (digest: string): RemoteTag => ({ state: 'present', digest });
const local = (name: string, digest: string, absentSince: Date | null = null): LocalTag => ({
  name,
  digest,
  absentSince,
});
const deleted: TagHint = { pushes: [], deleted: true };

const plan = (
  input: {
    listing?: string[] | null;
    tags?: Record<string, RemoteTag>;
    local?: LocalTag[];
    hints?: Record<string, TagHint>;
  },
  rules = removing,
) =>
  planSync(
    { listing: input.listing ? new Set(input.listing) : null, tags: new Map(Object.entries(input.tags ?? {})) },
    input.local ?? [],
    new Map(Object.entries(input.hints ?? {})),
    rules,
  );

describe(planSync.name, () => {
  it('adds a new tag with the author of the push of that very digest', () => {
    const hints = {
      v1: {
        pushes: [
          { digest: 'old', actor: 'bob' },
          { digest: 'new', actor: 'alice' },
        ],
        deleted: false,
      },
    };
    expect(plan({ tags: { v1: present('new') }, hints }).set).toEqual([
      { name: 'v1', digest: 'new', actor: 'alice', change: 'new' },
    ]);
  });

  it('moves a tag, and names no author when only another digest was announced', () => {
    const hints = { v1: { pushes: [{ digest: 'old', actor: 'bob' }], deleted: false } };
    expect(plan({ tags: { v1: present('new') }, local: [local('v1', 'old')], hints }).set).toEqual([
      { name: 'v1', digest: 'new', actor: null, change: 'moved' },
    ]);
  });

  it('removes at once what was announced as deleted, is denied directly and is not listed', () => {
    const input = {
      listing: [],
      tags: { v1: { state: 'absent' as const } },
      local: [local('v1', 'a')],
      hints: { v1: deleted },
    };
    expect(plan(input, keeping).remove).toEqual(['v1']);
  });

  it.each([
    ['the listing failed', { listing: null, tags: { v1: { state: 'absent' as const } } }],
    ['the listing still has it', { listing: ['v1'], tags: { v1: { state: 'absent' as const } } }],
    ['the direct question was not answered', { listing: [], tags: { v1: { state: 'unknown' as const } } }],
    ['it was not asked for directly', { listing: [], tags: {} }],
  ])('removes nothing, announced or long missing, while %s', (_, input) => {
    expect(plan({ ...input, local: [local('v1', 'a', T0)], hints: { v1: deleted } }).remove).toEqual([]);
  });

  it('marks an absence first and removes it only when it is confirmed later', () => {
    const absent = { listing: [], tags: { v1: { state: 'absent' as const } } };
    expect(plan({ ...absent, local: [local('v1', 'a')] })).toMatchObject({ missing: ['v1'], remove: [] });
    expect(plan({ ...absent, local: [local('v1', 'a', T0)] })).toMatchObject({ missing: [], remove: ['v1'] });
    const fresh = new Date(T1.getTime() + 1);
    expect(plan({ ...absent, local: [local('v1', 'a', fresh)] })).toMatchObject({ remove: [], lacking: ['v1'] });
    expect(plan({ ...absent, local: [local('v1', 'a', T0)] }).lacking).toEqual([]);
    expect(plan({ ...absent, local: [local('v1', 'a', T0)] }, keeping).lacking).toEqual(['v1']);
  });

  it('never removes without an announcement where the strategy may not remove', () => {
    const input = { listing: [], tags: { v1: { state: 'absent' as const } }, local: [local('v1', 'a', T0)] };
    expect(plan(input, keeping).remove).toEqual([]);
  });

  it('takes the mark back when the tag is seen again', () => {
    expect(plan({ listing: ['v1'], local: [local('v1', 'a', T0)] }).seen).toEqual(['v1']);
    expect(plan({ tags: { v1: present('a') }, local: [local('v1', 'a', T0)] }).seen).toEqual(['v1']);
  });
});

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const digests = fc.constantFrom('1', '2', '3');
const world = fc.dictionary(names, digests);
const locals = fc
  .dictionary(names, fc.record({ digest: digests, absentSince: fc.option(fc.constantFrom(T0, T1)) }))
  .map((map) => Object.entries(map).map(([name, tag]) => ({ name, ...tag })));
const hints = fc.dictionary(
  names,
  fc.record({
    pushes: fc.array(fc.record({ digest: fc.option(digests), actor: fc.option(names) })),
    deleted: fc.boolean(),
  }),
);

const look = (truth: Record<string, string>, tags: LocalTag[], failing: (name: string) => boolean) => ({
  listing: new Set(Object.keys(truth)),
  tags: new Map<string, RemoteTag>(
    [...new Set([...Object.keys(truth), ...tags.map((tag) => tag.name)])].map((name) => {
      if (failing(name)) return [name, { state: 'unknown' }];
      return [name, truth[name] === undefined ? { state: 'absent' } : present(truth[name])];
    }),
  ),
});

const apply = (tags: LocalTag[], change: Plan): LocalTag[] => {
  const next = new Map(tags.map((tag) => [tag.name, { ...tag }]));
  for (const tag of change.set) next.set(tag.name, { name: tag.name, digest: tag.digest, absentSince: null });
  for (const name of change.missing) next.get(name)!.absentSince = T0;
  for (const name of change.seen) next.get(name)!.absentSince = null;
  for (const name of change.remove) next.delete(name);
  return [...next.values()];
};

const asRecord = (tags: LocalTag[]) => Object.fromEntries(tags.map((tag) => [tag.name, tag.digest]));

describe('properties of plans', () => {
  it('two complete looks make the stored tags equal to the registry, and a third plans nothing', () => {
    fc.assert(
      fc.property(world, locals, (truth, start) => {
        let tags: LocalTag[] = start;
        for (let i = 0; i < 2; i++)
          tags = apply(
            tags,
            planSync(
              look(truth, tags, () => false),
              tags,
              new Map(),
              removing,
            ),
          );
        expect(asRecord(tags)).toEqual({ ...truth });
        expect(
          isEmptyPlan(
            planSync(
              look(truth, tags, () => false),
              tags,
              new Map(),
              removing,
            ),
          ),
        ).toBe(true);
      }),
    );
  });

  it('whatever fails and whatever is announced, nothing is removed that the registry has', () => {
    fc.assert(
      fc.property(world, locals, hints, fc.func(fc.boolean()), fc.boolean(), (truth, start, told, failing, listed) => {
        const view = look(truth, start, failing);
        const listing = listed ? view.listing : null;
        const change = planSync({ ...view, listing }, start, new Map(Object.entries(told)), removing);
        expect(change.remove.filter((name) => truth[name] !== undefined)).toEqual([]);
        if (!listed) expect(change.remove).toEqual([]);
      }),
    );
  });
});
