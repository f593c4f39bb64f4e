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
 * Decides which tags of one repository go, and by which rule. Pure. What a rule protects stays; what describes an image
 * that stays (cosign's tags) stays; the rest goes when it meets all conditions of any one rule. Not all tags need be held
 * at once: first those that may be the latest ones are told of, then any of them are judged.
 */
export class RetentionJudge {
  private readonly protectors: readonly Rule[];
  private readonly droppers: readonly Dropper[];

  /** @param now milliseconds */
  constructor(repository: string, rules: readonly Rule[], now: number) {
    const mine = rules.filter((rule) => matchesGlob(rule.repositoryPattern, repository));
    this.protectors = mine.filter((rule) => rule.action === 'protect');
    this.droppers = mine.filter((rule) => rule.action === 'drop').map((rule) => new Dropper(rule, now));
  }

  /** Whether further tags have to be told of before any can be judged. */
  get isCurious(): boolean {
    return this.droppers.some((dropper) => dropper.missing > 0);
  }

  /** Hears of tags of the repository, the newest first; see {@link newestFirst}. */
  hear(tags: readonly RetainedTag[]): void {
    for (const tag of tags) for (const dropper of this.droppers) dropper.hear(tag);
  }

  /** Whether a tag stays for what it is itself, and with it what describes it or its children. */
  keeps(tag: RetainedTag): boolean {
    return this.alone(tag).verdict === 'keep';
  }

  /** @param staying digests that stay, of those that the tags describe */
  judge(tags: readonly RetainedTag[], staying: ReadonlySet<string>): Verdict[] {
    return tags.map((tag) => {
      const verdict = this.alone(tag);
      const describes = companionOf(tag.name)?.describes;
      if (verdict.verdict === 'keep' || describes === undefined || !staying.has(describes)) return verdict;
      return { ...verdict, verdict: 'keep', because: 'it describes an image that stays' };
    });
  }

  private alone(tag: RetainedTag): Verdict {
    return verdictOn(tag, this.protectors, this.droppers);
  }
}

/** Digests of which has to be known whether they stay, before these tags can be judged. */
export function describedBy(tags: readonly RetainedTag[]): Set<string> {
  return new Set(tags.flatMap(({ name }) => companionOf(name)?.describes ?? []));
}

/** {@link RetentionJudge} on a repository all of whose tags are at hand. */
export function planRetention(
  repository: string,
  tags: readonly RetainedTag[],
  rules: readonly Rule[],
  now: number,
): Verdict[] {
  const judge = new RetentionJudge(repository, rules, now);
  judge.hear(tags.toSorted(newestFirst));
  const staying = tags.filter((tag) => judge.keeps(tag)).flatMap((tag) => [tag.digest, ...tag.children]);
  return judge.judge(tags, new Set(staying));
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

/** A rule that drops, and which tags of a repository it keeps as the latest ones. */
class Dropper {
  /** So many of the latest are not known yet. */
  missing: number;
  /** The oldest of the latest; null: there are none. */
  private last: RetainedTag | null = null;

  constructor(
    readonly rule: Rule,
    private readonly now: number,
  ) {
    this.missing = rule.keepLatest ?? 0;
  }

  hear(tag: RetainedTag): void {
    if (this.missing === 0 || companionOf(tag.name) !== null || !this.matches(tag)) return;
    this.missing -= 1;
    this.last = tag;
  }

  /** Why the rule keeps a tag; null: it drops it; undefined: it has nothing to do with it. */
  objection(tag: RetainedTag): string | null | undefined {
    if (!this.matches(tag)) return undefined;
    const { olderThan, notPulledFor, keepLatest } = this.rule;
    if (this.isLatest(tag)) return `it is one of the latest ${keepLatest}`;
    if (olderThan !== null && this.now - tag.pushedAt.getTime() <= olderThan * DAY_MS)
      return `it was pushed within ${olderThan} days`;
    const pulled = tag.pulledAt?.getTime() ?? 0;
    if (notPulledFor !== null && this.now - pulled <= notPulledFor * DAY_MS)
      return `it was pulled within ${notPulledFor} days`;
    return null;
  }

  private isLatest(tag: RetainedTag): boolean {
    return this.last !== null && companionOf(tag.name) === null && newestFirst(tag, this.last) <= 0;
  }

  private matches({ name }: RetainedTag): boolean {
    const { tagExpression, tagPattern } = this.rule;
    return tagExpression ? tagExpression.test(name) : matchesGlob(tagPattern, name);
  }
}

/** By name where the times are the same, so that the answer does not depend on the order of the list. */
export function newestFirst(a: RetainedTag, b: RetainedTag): number {
  return b.pushedAt.getTime() - a.pushedAt.getTime() || (a.name === b.name ? 0 : a.name < b.name ? 1 : -1);
}

function verdictOn(tag: RetainedTag, protectors: readonly Rule[], droppers: readonly Dropper[]): Verdict {
  const about = { tag: tag.name, digest: tag.digest };
  const keeper = protectors.find((rule) => matchesGlob(rule.tagPattern, tag.name));
  if (keeper) return { ...about, verdict: 'keep', rule: short(keeper), because: 'it is immutable' };
  const answers = droppers.map((one) => ({ rule: one.rule, objection: one.objection(tag) }));
  const drops = answers.find((one) => one.objection === null);
  if (drops)
    return { ...about, verdict: 'drop', rule: short(drops.rule), because: 'it meets all conditions of the rule' };
  const keeps = answers.find((one) => typeof one.objection === 'string');
  if (keeps) return { ...about, verdict: 'keep', rule: short(keeps.rule), because: keeps.objection! };
  return { ...about, verdict: 'keep', rule: null, because: 'no rule has anything to do with it' };
}

const short = ({ id, name }: Rule): { id: number | null; name: string } => ({ id, name });
