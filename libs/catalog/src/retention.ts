import { planRetention, type Rule, type Verdict } from '#domain/retention/plan-retention.js';
import type { Database } from '#persistence/database.js';
import type { DeletionsRepository, NewItem } from '#persistence/deletions.repository.js';
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

const PAGE = 200;
/** Tags that one run drops at most; the next one goes on. */
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

  /** Plans of repositories after an id; of one namespace, or (null) all. Nothing is changed. */
  async plan(namespaceId: number | null, after: number, limit: number): Promise<RepositoryPlan[]> {
    const plans: RepositoryPlan[] = [];
    for (const repository of await this.rules.repositories(namespaceId, after, limit)) {
      const rules: Rule[] = await this.rules.effective(repository.namespaceId);
      const own = this.settings.rule === null ? [] : [this.settings.rule];
      const tags = await this.rules.tagsOf(repository.id);
      plans.push({ repository, verdicts: planRetention(repository.fullName, tags, [...rules, ...own], Date.now()) });
    }
    return plans;
  }

  /** Whether any rule drops anything at all. */
  async isWanted(): Promise<boolean> {
    return this.settings.deleteEnabled && (this.settings.rule !== null || (await this.rules.anyDrops()));
  }

  /**
   * Asks for the deletion of all that the rules drop now, once for each slot. Null when there is nothing to do, or when
   * it was asked for before.
   */
  async request(slot: string): Promise<number | null> {
    if (!(await this.isWanted())) return null;
    const items = await this.drops();
    if (items.length === 0) return null;
    const who = { actorId: null, actor: SERVICE_ACCOUNT, moveShared: this.settings.moveShared };
    return this.database.transaction((sql) =>
      this.deletions.create(sql, { kind: 'retention', name: 'retention', namespaceId: null, slot, ...who }, items),
    );
  }

  private async drops(): Promise<NewItem[]> {
    const items: NewItem[] = [];
    for (let after = 0; items.length < MAX_DROPS;) {
      const page = await this.plan(null, after, PAGE);
      if (page.length === 0) break;
      for (const { repository, verdicts } of page) items.push(...itemsOf(repository, verdicts));
      after = page.at(-1)!.repository.id;
    }
    return items.slice(0, MAX_DROPS);
  }
}

function itemsOf({ registryId, fullName }: RetainedRepository, verdicts: readonly Verdict[]): NewItem[] {
  return verdicts
    .filter(({ verdict }) => verdict === 'drop')
    .map(({ tag, digest, rule }) => ({ registryId, fullName, tag, digest, because: rule?.name ?? null }));
}
