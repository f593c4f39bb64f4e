import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.js';
import { planRetention, type RetainedTag, type Rule } from './plan-retention.js';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const HEX = 'a'.repeat(64);

const tag = (name: string, days: number, more: Partial<RetainedTag> = {}): RetainedTag => ({
  name,
  digest: `sha256:${name}`,
  children: [],
  pushedAt: new Date(NOW - days * DAY),
  pulledAt: null,
  ...more,
});

const rule = (more: Partial<Rule> = {}): Rule => ({
  id: 1,
  name: 'rule',
  action: 'drop',
  repositoryPattern: '*',
  tagPattern: '*',
  olderThan: null,
  notPulledFor: null,
  keepLatest: null,
  ...more,
});

const dropped = (tags: RetainedTag[], rules: Rule[], repository = 'team/app') =>
  planRetention(repository, tags, rules, NOW)
    .filter(({ verdict }) => verdict === 'drop')
    .map((verdict) => verdict.tag);

describe(planRetention.name, () => {
  const tags = [tag('v1', 40), tag('v2', 20), tag('v3', 5), tag('release-1', 90)];

  it('drops what is older, and says by which rule', () => {
    const [verdict] = planRetention('team/app', tags, [rule({ name: 'old', olderThan: 30, tagPattern: 'v*' })], NOW);
    expect(verdict).toEqual({
      tag: 'v1',
      digest: 'sha256:v1',
      verdict: 'drop',
      rule: { id: 1, name: 'old' },
      because: 'it meets all conditions of the rule',
    });
  });

  it('keeps the latest of each repository among those that match', () => {
    expect(dropped(tags, [rule({ keepLatest: 2, tagPattern: 'v*' })])).toEqual(['v1']);
    expect(dropped(tags, [rule({ keepLatest: 3 })])).toEqual(['release-1']);
  });

  it('keeps what was pulled lately; what was never pulled counts as long ago', () => {
    const pulled = [tag('hot', 90, { pulledAt: new Date(NOW - DAY) }), tag('cold', 90)];
    expect(dropped(pulled, [rule({ notPulledFor: 30 })])).toEqual(['cold']);
  });

  it('never drops what is protected, and says so', () => {
    const rules = [
      rule({ olderThan: 1 }),
      rule({ id: 2, name: 'releases', action: 'protect', tagPattern: 'release-*' }),
    ];
    expect(dropped(tags, rules)).toEqual(['v1', 'v2', 'v3']);
    const verdict = planRetention('team/app', tags, rules, NOW).at(-1);
    expect(verdict).toMatchObject({ verdict: 'keep', rule: { id: 2 }, because: 'it is immutable' });
  });

  it('keeps a signature as long as what it describes, also inside of an index, and not longer', () => {
    const signature = tag(`sha256-${HEX}.sig`, 90);
    const image = tag('v1', 1, { digest: `sha256:${HEX}` });
    const index = tag('multi', 1, { children: [`sha256:${HEX}`] });
    const rules = [rule({ olderThan: 30 })];
    expect(dropped([signature, image], rules)).toEqual([]);
    expect(dropped([signature, index], rules)).toEqual([]);
    expect(dropped([signature, tag('other', 1)], rules)).toEqual([signature.name]);
  });

  it('does not count signatures among the latest', () => {
    const signed = [tag(`sha256-${HEX}.sig`, 0), tag('v1', 10), tag('v2', 20)];
    expect(dropped(signed, [rule({ keepLatest: 1 })])).toEqual([`sha256-${HEX}.sig`, 'v2']);
  });

  it('applies to the repositories that it names', () => {
    expect(dropped(tags, [rule({ repositoryPattern: 'team/*' })], 'other/app')).toEqual([]);
  });
});

const days = fc.integer({ min: 0, max: 100 });
const count = fc.option(fc.integer({ min: 0, max: 6 }), { nil: null });
const limit = fc.option(days, { nil: null });
const names = fc.uniqueArray(fc.stringMatching(/^[ab][0-9]$/), { maxLength: 12 });
const worlds = fc.record({
  tags: names.chain((all) =>
    fc.tuple(...all.map((name) => fc.record({ pushed: days, pulled: limit }).map((facts) => ({ name, ...facts })))),
  ),
  rules: fc.array(
    fc.record({
      action: fc.constantFrom('drop' as const, 'protect' as const),
      tagPattern: fc.constantFrom('*', 'a*', 'b?', 'a1'),
      olderThan: limit,
      notPulledFor: limit,
      keepLatest: count,
    }),
    { maxLength: 4 },
  ),
});

describe('whatever the rules and tags', () => {
  const built = ({ tags, rules }: typeof worlds extends fc.Arbitrary<infer W> ? W : never) => ({
    tags: tags.map((one) =>
      tag(one.name, one.pushed, { pulledAt: one.pulled === null ? null : new Date(NOW - one.pulled * DAY) }),
    ),
    rules: rules.map((one, id) => rule({ id, ...one })),
  });

  it('each tag gets one verdict; nothing that is protected, and nothing without a rule that wants it, is dropped', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { tags, rules } = built(world);
        const verdicts = planRetention('team/app', tags, rules, NOW);
        expect(verdicts.map((one) => one.tag)).toEqual(tags.map((one) => one.name));
        const gone = new Set(verdicts.filter((one) => one.verdict === 'drop').map((one) => one.tag));
        for (const one of tags) expect(gone.has(one.name)).toBe(wanted(one, tags, rules));
      }),
      { numRuns: 500 },
    );
  });

  it('a rule that keeps the latest N leaves at least so many of what it matches, when it is alone', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 0, max: 8 }), (world, keepLatest) => {
        const { tags } = built(world);
        const left = tags.length - dropped(tags, [rule({ keepLatest })]).length;
        expect(left).toBe(Math.min(tags.length, keepLatest));
      }),
    );
  });

  it('the order of the tags does not matter, and a second run finds nothing more', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { tags, rules } = built(world);
        const gone = dropped(tags, rules);
        expect(dropped(tags.toReversed(), rules).toSorted()).toEqual(gone.toSorted());
        expect(
          dropped(
            tags.filter((one) => !gone.includes(one.name)),
            rules,
          ),
        ).toEqual([]);
      }),
    );
  });
});

/** Written apart from the code under test, by the words of the rules. */
function wanted(one: RetainedTag, tags: RetainedTag[], rules: Rule[]): boolean {
  if (rules.some((r) => r.action === 'protect' && matchesGlob(r.tagPattern, one.name))) return false;
  return rules.some((r) => {
    if (r.action !== 'drop' || !matchesGlob(r.tagPattern, one.name)) return false;
    const newer = tags.filter(
      (other) =>
        matchesGlob(r.tagPattern, other.name) &&
        (other.pushedAt > one.pushedAt || (+other.pushedAt === +one.pushedAt && other.name > one.name)),
    );
    const old = r.olderThan === null || NOW - +one.pushedAt > r.olderThan * DAY;
    const unused = r.notPulledFor === null || one.pulledAt === null || NOW - +one.pulledAt > r.notPulledFor * DAY;
    return newer.length >= (r.keepLatest ?? 0) && old && unused;
  });
}

describe(matchesGlob.name, () => {
  it.each([
    ['*', '', true],
    ['v*', 'v1.0', true],
    ['v*', 'xv1', false],
    ['*-rc?', '1.0-rc1', true],
    ['*-rc?', '1.0-rc12', false],
    ['team/*', 'team/a/b', true],
    ['a.c', 'abc', false],
    ['', 'a', false],
  ])('%s on "%s": %s', (pattern, text, expected) => expect(matchesGlob(pattern, text)).toBe(expected));

  it('agrees with a regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`);
        expect(matchesGlob(pattern, text)).toBe(expression.test(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
