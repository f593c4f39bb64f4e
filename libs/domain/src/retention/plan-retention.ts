import { companionOf } from '../manifest/referrers.js';
import { matchesGlob } from './glob.js';
import type { RuleAction } from './retention-rule.entity.js';

/** A tag as far as retention is concerned. */
export interface RetainedTag {
  name: string;
  digest: string;
  /** Digests that an index lists. */
  children: readonly string[];
  pushedAt: Date;
  /** null: never, as far as is known. */
  pulledAt: Date | null;
}

/** One rule; without an id it is the one of the settings. Durations are days. */
export interface Rule {
  id: number | null;
  name: string;
  action: RuleAction;
  repositoryPattern: string;
  tagPattern: string;
  /** Instead of `tagPattern`, somewhere in the name: an operator's own, from the settings. */
  tagExpression?: RegExp;
  olderThan: number | null;
  notPulledFor: number | null;
  keepLatest: number | null;
}

export interface Verdict {
  tag: string;
  digest: string;
  verdict: 'keep' | 'drop';
  /** The rule that keeps or drops it; null: none has anything to do with it. */
  rule: { id: number | null; name: string } | null;
  because: string;
}

const DAY_MS = 86_400_000;

/**
 * Decides for each tag of one repository whether it goes, and by which rule. Pure. What a rule protects stays; what
 * describes an image that stays (cosign's tags) stays; the rest goes when it meets all conditions of any one rule.
 *
 * @param now milliseconds
 */
export function planRetention(
  repository: string,
  tags: readonly RetainedTag[],
  rules: readonly Rule[],
  now: number,
): Verdict[] {
  const mine = rules.filter((rule) => matchesGlob(rule.repositoryPattern, repository));
  const droppers = mine.filter((rule) => rule.action === 'drop').map((rule) => dropperOf(rule, tags, now));
  const protectors = mine.filter((rule) => rule.action === 'protect');
  const first = new Map(tags.map((tag) => [tag.name, verdictOn(tag, protectors, droppers)]));
  const staying = new Set(
    tags.filter((tag) => first.get(tag.name)!.verdict === 'keep').flatMap((tag) => [tag.digest, ...tag.children]),
  );
  return tags.map((tag) => {
    const verdict = first.get(tag.name)!;
    const describes = companionOf(tag.name)?.describes;
    if (verdict.verdict === 'keep' || describes === undefined || !staying.has(describes)) return verdict;
    return { ...verdict, verdict: 'keep', because: 'it describes an image that stays' };
  });
}

/** Whether a rule protects the tag; the first that does. */
export function protectorOf<R extends Pick<Rule, 'repositoryPattern' | 'tagPattern'>>(
  repository: string,
  tag: string,
  protectors: readonly R[],
): R | null {
  const protects = (rule: R) => matchesGlob(rule.repositoryPattern, repository) && matchesGlob(rule.tagPattern, tag);
  return protectors.find(protects) ?? null;
}

interface Dropper {
  rule: Rule;
  /** Why the rule keeps a tag; null: it drops it; undefined: it has nothing to do with it. */
  objection(tag: RetainedTag): string | null | undefined;
}

function dropperOf(rule: Rule, tags: readonly RetainedTag[], now: number): Dropper {
  const matches = ({ name }: RetainedTag) =>
    rule.tagExpression ? rule.tagExpression.test(name) : matchesGlob(rule.tagPattern, name);
  const matching = tags.filter((tag) => companionOf(tag.name) === null && matches(tag)).toSorted(newestFirst);
  const latest = new Set(matching.slice(0, rule.keepLatest ?? 0).map((tag) => tag.name));
  return {
    rule,
    objection(tag) {
      if (!matches(tag)) return undefined;
      if (latest.has(tag.name)) return `it is one of the latest ${rule.keepLatest}`;
      if (rule.olderThan !== null && now - tag.pushedAt.getTime() <= rule.olderThan * DAY_MS)
        return `it was pushed within ${rule.olderThan} days`;
      const pulled = tag.pulledAt?.getTime() ?? 0;
      if (rule.notPulledFor !== null && now - pulled <= rule.notPulledFor * DAY_MS)
        return `it was pulled within ${rule.notPulledFor} days`;
      return null;
    },
  };
}

/** By name where the times are the same, so that the answer does not depend on the order of the list. */
function newestFirst(a: RetainedTag, b: RetainedTag): number {
  return b.pushedAt.getTime() - a.pushedAt.getTime() || (a.name < b.name ? 1 : -1);
}

function verdictOn(tag: RetainedTag, protectors: readonly Rule[], droppers: readonly Dropper[]): Verdict {
  const about = { tag: tag.name, digest: tag.digest };
  const keeper = protectors.find((rule) => matchesGlob(rule.tagPattern, tag.name));
  if (keeper) return { ...about, verdict: 'keep', rule: short(keeper), because: 'it is immutable' };
  const answers = droppers.map(({ rule, objection }) => ({ rule, objection: objection(tag) }));
  const drops = answers.find((one) => one.objection === null);
  if (drops)
    return { ...about, verdict: 'drop', rule: short(drops.rule), because: 'it meets all conditions of the rule' };
  const keeps = answers.find((one) => typeof one.objection === 'string');
  if (keeps) return { ...about, verdict: 'keep', rule: short(keeps.rule), because: keeps.objection! };
  return { ...about, verdict: 'keep', rule: null, because: 'no rule has anything to do with it' };
}

const short = ({ id, name }: Rule): { id: number | null; name: string } => ({ id, name });
