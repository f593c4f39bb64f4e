import { planRetention, type Rule, type Verdict } from '#domain/retention/plan-retention.js';
import type { Database } from '#persistence/database.js';
import type { DeletionsRepository, NewDeletion, NewItem } from '#persistence/deletions.repository.js';
import type { RetainedRepository, RetentionRulesRepository } from '#persistence/retention-rules.repository.js';
import { SERVICE_ACCOUNT } from './registry-clients.js';

export interface RetentionSettings {
  /** Nobody may delete: nothing is dropped. */
  deleteEnabled: boolean;
  moveShared: boolean;
  /** The rule of the settings; null: it is off. */
  rule: Rule | null;
}

/** What retention would do with the tags of one repository. */
export interface RepositoryPlan {
  repository: RetainedRepository;
  verdicts: Verdict[];
}

/** Some repositories, and where the following ones begin; null: there are no more. */
export interface PlanPage {
  plans: RepositoryPlan[];
  next: number | null;
}

const PAGE = 200;
/** Tags that are planned for at once, but for those of a single repository that has more. */
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
  constructor(
    private readonly database: Database,
    private readonly rules: RetentionRulesRepository,
    private readonly deletions: DeletionsRepository,
    private readonly settings: RetentionSettings,
  ) {}

  /**
   * Plans of repositories after an id; of one namespace, or (null) all. At most `limit`, and fewer where they hold many
   * tags. Nothing is changed.
   */
  async plan(namespaceId: number | null, after: number, limit: number): Promise<PlanPage> {
    return this.page({ namespaceId, registryId: null }, after, limit);
  }

  private async page(
    of: { namespaceId: number | null; registryId: number | null },
    after: number,
    limit: number,
  ): Promise<PlanPage> {
    const found = await this.rules.repositories(of, after, limit);
    const repositories = found.slice(0, fitting(found));
    const rules = await this.rules.effective([...new Set(repositories.map((one) => one.namespaceId))]);
    const tags = await this.rules.tagsOf(repositories.map(({ id }) => id));
    const own = this.settings.rule === null ? [] : [this.settings.rule];
    const plans = repositories.map((repository, i) => {
      const mine = rules.filter((rule) => rule.namespaceId === null || rule.namespaceId === repository.namespaceId);
      return { repository, verdicts: planRetention(repository.fullName, tags[i]!, [...mine, ...own], Date.now()) };
    });
    const more = repositories.length < found.length || found.length === limit;
    return { plans, next: more ? (repositories.at(-1)?.id ?? null) : null };
  }

  /** Whether any rule drops anything at all. */
  async isWanted(): Promise<boolean> {
    return this.settings.deleteEnabled && (this.settings.rule !== null || (await this.rules.anyDrops()));
  }

  /**
   * Asks for the deletion of all that the rules drop now, once for each slot and registry, and of a registry not while a
   * former one has not ended. Returns the deletions that are new.
   */
  async request(slot: string): Promise<number[]> {
    if (!(await this.isWanted())) return [];
    const asked: number[] = [];
    for (const registryId of await this.rules.registries()) {
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
    for (const registryId of await this.rules.registries()) {
      if (await this.deletions.isOpen('retention', registryId)) continue;
      const items = await this.drops({ namespaceId, registryId });
      const id = await this.create(items, { ...by, slot: null });
      if (id !== null) asked.push(id);
    }
    return asked;
  }

  private async ask(registryId: number, slot: string): Promise<number | null> {
    const items = await this.drops({ namespaceId: null, registryId });
    return this.create(items, { actorId: null, actor: SERVICE_ACCOUNT, slot: `${slot}:${registryId}` });
  }

  private async create(
    items: readonly NewItem[],
    who: Pick<NewDeletion, 'actorId' | 'actor' | 'slot'>,
  ): Promise<number | null> {
    if (items.length === 0) return null;
    const { moveShared } = this.settings;
    const made = { kind: 'retention', name: 'retention', namespaceId: null, moveShared, ...who } as const;
    return this.database.transaction((sql) => this.deletions.create(sql, made, items));
  }

  private async drops(of: { namespaceId: number | null; registryId: number }): Promise<NewItem[]> {
    const items: NewItem[] = [];
    for (let after: number | null = 0; after !== null && items.length < MAX_DROPS;) {
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
