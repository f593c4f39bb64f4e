import { planRetention, type Rule, type Verdict } from '#domain/retention/plan-retention.js';
import type { Database } from '#persistence/database.js';
import type { DeletionsRepository, NewDeletion, NewItem } from '#persistence/deletions.repository.js';
import { type RetainedRepository, RetainedTagsRepository } from '#persistence/retained-tags.repository.js';
import type { RetentionRulesRepository } from '#persistence/retention-rules.repository.js';
import { SERVICE_ACCOUNT } from './registry-clients.js';
import { judgePart } from './retention-part.js';

export interface RetentionSettings {
  /** Nobody may delete: nothing is dropped. */
  deleteEnabled: boolean;
  moveShared: boolean;
  /** The rule of the settings; null: it is off. */
  rule: Rule | null;
  /** Seconds that a rule that drops has to be unchanged before it drops by itself: time to look at its plan. */
  grace: number;
}

/** What is planned for: of one namespace, of one registry, or (null) all; `unchangedFor` as rules are asked for it. */
interface Planned {
  namespaceId: number | null;
  registryId: number | null;
  unchangedFor: number | null;
}

/** What retention would do with the tags of one repository, or with some of them. */
export interface RepositoryPlan {
  repository: RetainedRepository;
  verdicts: Verdict[];
}

/** Where a plan goes on: behind a tag of a repository, or (null) behind all of it. */
export interface PlanPlace {
  repository: number;
  tag: string | null;
}

/** Some repositories, and where the plan goes on; null: there is nothing more. */
export interface PlanPage {
  plans: RepositoryPlan[];
  next: PlanPlace | null;
}

export const BEGINNING: PlanPlace = { repository: 0, tag: null };

const PAGE = 200;
/** Tags that are planned for at once. A repository that has more is planned for in parts. */
const MAX_TAGS = 10_000;
/** Tags of one registry that one run drops at most; the next one goes on. */
const MAX_DROPS = 5_000;

/** The garbage collector's rule, as Portus had it, but for each repository by itself. */
export function ruleOfSettings(settings: {
  retentionEnabled: boolean;
  retentionOlderThan: number;
  retentionKeepLatest: number;
  retentionTag: string;
}): Rule | null {
  if (!settings.retentionEnabled) return null;
  const days = settings.retentionOlderThan;
  return {
    id: null,
    name: 'delete.garbage_collector',
    action: 'drop',
    repositoryPattern: '*',
    tagPattern: '*',
    ...(settings.retentionTag === '' ? {} : { tagExpression: new RegExp(settings.retentionTag) }),
    olderThan: days,
    notPulledFor: days,
    keepLatest: settings.retentionKeepLatest,
  };
}

/** Plans what the rules drop, and asks for its deletion. */
export class Retention {
  private readonly tags: RetainedTagsRepository;

  constructor(
    private readonly database: Database,
    private readonly rules: RetentionRulesRepository,
    private readonly deletions: DeletionsRepository,
    private readonly settings: RetentionSettings,
  ) {
    this.tags = new RetainedTagsRepository(database);
  }

  /**
   * Plans of repositories behind a place; of one namespace, or (null) all. At most `limit`, and fewer where they hold many
   * tags. Nothing is changed.
   */
  async plan(namespaceId: number | null, after: PlanPlace, limit: number): Promise<PlanPage> {
    return this.page({ namespaceId, registryId: null, unchangedFor: null }, after, limit);
  }

  private async page(of: Planned, after: PlanPlace, limit: number): Promise<PlanPage> {
    const from = after.tag === null ? after.repository + 1 : after.repository;
    const found = await this.tags.repositories(of, from, limit);
    const [first] = found;
    if (first === undefined) return { plans: [], next: null };
    const begun = first.id === after.repository ? after.tag : null;
    if (begun !== null || first.tagsCount > MAX_TAGS) {
      const { unchangedFor } = of;
      return this.part(first, { after: begun ?? '', more: found.length > 1 || limit === 1, unchangedFor });
    }
    const repositories = found.slice(0, fitting(found));
    const rules = await this.rulesOf(repositories, of.unchangedFor);
    const tags = await this.tags.of(repositories.map(({ id }) => id));
    const plans = repositories.map((repository, i) => {
      return { repository, verdicts: planRetention(repository.fullName, tags[i]!, rules(repository), Date.now()) };
    });
    const more = repositories.length < found.length || found.length === limit;
    return { plans, next: more ? { repository: repositories.at(-1)!.id, tag: null } : null };
  }

  /** Of a repository with too many tags for one page, those behind a name. */
  private async part(
    repository: RetainedRepository,
    { after, more, unchangedFor }: { after: string; more: boolean; unchangedFor: number | null },
  ): Promise<PlanPage> {
    const rules = (await this.rulesOf([repository], unchangedFor))(repository);
    const { verdicts, last } = await judgePart(this.tags, { repository, rules, after, size: MAX_TAGS });
    const next = last !== null || more ? { repository: repository.id, tag: last } : null;
    return { plans: [{ repository, verdicts }], next };
  }

  /** The rules that apply to a repository, of those given. */
  private async rulesOf(
    repositories: readonly RetainedRepository[],
    unchangedFor: number | null,
  ): Promise<(of: RetainedRepository) => Rule[]> {
    const rules = await this.rules.effective([...new Set(repositories.map((one) => one.namespaceId))], unchangedFor);
    const own = this.settings.rule === null ? [] : [this.settings.rule];
    return ({ namespaceId }) => [
      ...rules.filter((rule) => rule.namespaceId === null || rule.namespaceId === namespaceId),
      ...own,
    ];
  }

  /** Whether any rule drops anything by itself. */
  private async isWanted(): Promise<boolean> {
    const { deleteEnabled, rule, grace } = this.settings;
    return deleteEnabled && (rule !== null || (await this.rules.anyDrops(grace)));
  }

  /**
   * Asks for the deletion of all that the rules drop now, once for each slot and registry, and of a registry not while a
   * former one has not ended. Rules that were changed just now wait, see {@link RetentionSettings.grace}. Returns the
   * deletions that are new.
   */
  async request(slot: string): Promise<number[]> {
    if (!(await this.isWanted())) return [];
    const asked: number[] = [];
    for (const registryId of await this.tags.registries()) {
      const id = (await this.deletions.isOpen('retention', registryId)) ? null : await this.ask(registryId, slot);
      if (id !== null) asked.push(id);
    }
    return asked;
  }

  /**
   * As {@link request}, now and in somebody's name, of one namespace or (null) all: what the plan shows at this moment.
   * Empty: nothing is dropped, or a former run has not ended.
   */
  async run(namespaceId: number | null, by: { actorId: number | null; actor: string }): Promise<number[]> {
    if (!this.settings.deleteEnabled) return [];
    const asked: number[] = [];
    for (const registryId of await this.tags.registries()) {
      if (await this.deletions.isOpen('retention', registryId)) continue;
      const items = await this.drops({ namespaceId, registryId, unchangedFor: null });
      const id = await this.create(items, { ...by, slot: null });
      if (id !== null) asked.push(id);
    }
    return asked;
  }

  private async ask(registryId: number, slot: string): Promise<number | null> {
    const items = await this.drops({ namespaceId: null, registryId, unchangedFor: this.settings.grace });
    return this.create(items, { actorId: null, actor: SERVICE_ACCOUNT, slot: `${slot}:${registryId}` });
  }

  private async create(
    items: readonly NewItem[],
    who: Pick<NewDeletion, 'actorId' | 'actor' | 'slot'>,
  ): Promise<number | null> {
    if (items.length === 0) return null;
    const place = { namespaceId: null, teamId: null };
    const { moveShared } = this.settings;
    const made = { kind: 'retention', name: 'retention', ...place, moveShared, ...who } as const;
    return this.database.transaction((sql) => this.deletions.create(sql, made, items));
  }

  private async drops(of: Planned): Promise<NewItem[]> {
    const items: NewItem[] = [];
    for (let after: PlanPlace | null = BEGINNING; after !== null && items.length < MAX_DROPS;) {
      const { plans, next }: PlanPage = await this.page(of, after, PAGE);
      for (const { repository, verdicts } of plans) items.push(...itemsOf(repository, verdicts));
      after = next;
    }
    return items.slice(0, MAX_DROPS);
  }
}

/** How many of the repositories have no more tags together than are planned for at once; at least one. */
function fitting(repositories: readonly RetainedRepository[]): number {
  let tags = 0;
  const tooMany = repositories.findIndex(({ tagsCount }) => (tags += tagsCount) > MAX_TAGS);
  return tooMany < 0 ? repositories.length : Math.max(1, tooMany);
}

function itemsOf({ registryId, fullName }: RetainedRepository, verdicts: readonly Verdict[]): NewItem[] {
  return verdicts
    .filter(({ verdict }) => verdict === 'drop')
    .map(({ tag, digest, rule }) => ({ registryId, fullName, tag, digest, because: rule?.name ?? null }));
}
